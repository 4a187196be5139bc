import { type CheckpointManifest, MANIFEST, manifestSchema } from "@cachalot/model";
import { downloadFile } from "./download-file.js";
import { filePieces, forgetOthers, openCache } from "./file-pieces.js";

/** Nobody is made to download more than this without being asked. */
const MOST_UNASKED_BYTES = 20e6;

export interface DownloadOptions {
  onProgress(loaded: number, total: number): void;
  /** A broken connection was taken up again. */
  onResume(): void;
  /** Whether so many bytes may be downloaded; asked where there are many. */
  confirm(bytes: number): Promise<void>;
}

/**
 * The files of a checkpoint as its manifest lists them: from the browser's cache, the rest from the server.
 * @param folder address that ends in "/"
 * @throws Error with what is wrong and what to do about it
 */
export async function downloadModel(folder: string, options: DownloadOptions): Promise<Map<string, Blob>> {
  if (!globalThis.isSecureContext)
    throw new Error("browsers check downloads only on https pages and on localhost; open this page by one of them");
  const { files } = await fetchManifest(folder);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const cache = await openCache();
  const here = new Map<string, number>();
  const report = () =>
    options.onProgress(
      [...here.values()].reduce((sum, bytes) => sum + bytes, 0),
      total,
    );
  for (const file of files)
    here.set(
      file.name,
      (await filePieces(cache, file).load()).reduce((sum, { length }) => sum + length, 0),
    );
  report();
  const missing = total - [...here.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (missing > MOST_UNASKED_BYTES) await options.confirm(missing);
  const blobs = new Map<string, Blob>();
  await Promise.all(
    files.map(async (file) => {
      const events = {
        onBytes(bytes: number) {
          here.set(file.name, bytes);
          report();
        },
        onResume: () => options.onResume(),
      };
      blobs.set(file.name, await downloadFile(folder + file.name, file, filePieces(cache, file), events));
    }),
  );
  await forgetOthers(cache, files);
  return blobs;
}

async function fetchManifest(folder: string): Promise<CheckpointManifest> {
  const response = await fetch(folder + MANIFEST, { cache: "no-cache" });
  if (!response.ok)
    throw new Error(`there is no ${MANIFEST} at ${folder} (${response.status}); copy the whole folder to the server`);
  return manifestSchema.parse(await response.json());
}
