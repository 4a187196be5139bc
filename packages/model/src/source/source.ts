/** A file that is read in pieces. */
export interface SourceFile {
  /** For messages: its path or address. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** `length` bytes from `offset` on; fewer where the file ends before. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** The files of a checkpoint, wherever they lie: a directory, a folder of a web server, files a page was given. */
export interface CheckpointSource {
  /** For messages: its path or address. */
  readonly location: string;
  /** The name of the one file there is, where the location is a file and not a folder. */
  readonly file?: string;
  /** The file of that name; undefined where there is none. */
  open(name: string): Promise<SourceFile | undefined>;
}

/** A checkpoint by its path (in Node), its http(s) address, or as a source. */
export type CheckpointLocation = string | CheckpointSource;
