/** A tarball read into memory within bounds: nothing in it is written to this machine, whatever it names. */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { Drop } from "../drop.js";
import { checkPath, MAX_FILES, MAX_TREE_BYTES } from "./object-store.js";

export interface TarballFile {
  executable: boolean;
  data: Buffer;
}

/**
 * Reads the regular files of a gzipped tarball, without the first folder of their paths, as npm packs them.
 *
 * @throws Drop `unsafe-path` for a path or link that leads out, `too-large` beyond 48 MiB or 15,000 files unpacked,
 *   `unreadable` for a damaged archive
 */
export async function readTarball(tarball: Buffer): Promise<Map<string, TarballFile>> {
  const files = new Map<string, TarballFile>();
  const archive = extract();
  let [bytes, entries] = [0, 0];
  const tooLarge = () => new Drop("too-large", `more than ${MAX_TREE_BYTES} bytes or ${MAX_FILES} files unpacked`);
  const read = (async () => {
    for await (const entry of archive) {
      const { name, type, mode = 0 } = entry.header;
      if (++entries > MAX_FILES) throw tooLarge();
      const chunks: Buffer[] = [];
      for await (const chunk of entry) {
        bytes += (chunk as Buffer).length;
        if (bytes > MAX_TREE_BYTES) throw tooLarge();
        chunks.push(chunk as Buffer);
      }
      if (type === "symlink" || type === "link") throw new Drop("unsafe-path", `${JSON.stringify(name)} is a link`);
      if (type !== "file" && type !== "contiguous-file") continue;
      const path = name.replace(/^\.\//, "").split("/").slice(1).join("/");
      if (name.startsWith("/") || path === "")
        throw new Drop("unsafe-path", `the path ${JSON.stringify(name)} is not safe`);
      checkPath(path);
      files.set(path, { executable: (mode & 0o100) !== 0, data: Buffer.concat(chunks) });
    }
  })();
  const unpacked = createGunzip();
  let inflated = 0;
  const bounded = async function* (source: AsyncIterable<Buffer>) {
    for await (const data of source) {
      inflated += data.length;
      // Headers and padding take at most 1.5 KiB an entry.
      if (inflated > MAX_TREE_BYTES + MAX_FILES * 1536) throw tooLarge();
      yield data;
    }
  };
  const results = await Promise.allSettled([read, pipeline(Readable.from([tarball]), unpacked, bounded, archive)]);
  const problems = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  const drop = problems.find((problem) => problem instanceof Drop);
  if (drop) throw drop;
  if (problems[0]) throw new Drop("unreadable", `the tarball is damaged: ${problems[0].message}`);
  return files;
}
