import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { CheckpointSource, SourceFile } from "./source.js";

/** Most bytes asked of one system call. */
const MOST_AT_ONCE = 2 ** 30;

/** A directory of the file system, or one file of it; undefined where there is neither. */
export function directorySource(path: string): CheckpointSource | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (stat.isDirectory()) return { location: path, open: (name) => openFile(join(path, name)) };
  return { location: path, file: basename(path), open: (name) => openFile(join(dirname(path), name)) };
}

async function openFile(path: string): Promise<SourceFile | undefined> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return undefined;
  const stat = await file.stat();
  if (!stat.isFile()) {
    await file.close();
    throw new Error("not a file");
  }
  return {
    path,
    size: stat.size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(bytes, done, Math.min(length - done, MOST_AT_ONCE), offset + done);
        if (bytesRead === 0) return bytes.slice(0, done);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
