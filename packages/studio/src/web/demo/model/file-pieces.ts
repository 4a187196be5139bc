/** Resumable downloads: a file is kept in pieces in the browser's cache (Cache API) as they come, by its checksum. */

import type { CheckpointManifest } from "@cachalot/model";

export type ManifestFile = CheckpointManifest["files"][number];

/** Pieces of one file that are there, one after the other from its beginning. */
export interface FilePieces {
  load(): Promise<Uint8Array<ArrayBuffer>[]>;
  add(offset: number, piece: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(): Promise<void>;
}

const NAME = "cachalot-model";

/** @returns undefined where the browser keeps nothing: in a private window of some */
export function openCache(): Promise<Cache | undefined> {
  return caches.open(NAME).catch(() => undefined);
}

/** The pieces of a file. What cannot be kept is not: the download goes on. */
export function filePieces(cache: Cache | undefined, { sha256, bytes }: ManifestFile): FilePieces {
  const key = (offset: number) => `${location.origin}/cachalot-model/${sha256}/${offset}`;
  return {
    async load() {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      for (let offset = 0; cache && offset < bytes; ) {
        const kept = await cache.match(key(offset));
        const piece = kept && new Uint8Array(await kept.arrayBuffer());
        if (!piece || piece.length === 0) break;
        pieces.push(piece);
        offset += piece.length;
      }
      return pieces;
    },
    async add(offset, piece) {
      await cache?.put(key(offset), new Response(piece)).catch(() => undefined);
    },
    async remove() {
      for (const { url } of (await cache?.keys()) ?? []) if (url.includes(sha256)) await cache?.delete(url);
    },
  };
}

/** Forgets the pieces of files that the manifest no longer has. */
export async function forgetOthers(cache: Cache | undefined, files: readonly ManifestFile[]): Promise<void> {
  for (const { url } of (await cache?.keys()) ?? [])
    if (!files.some(({ sha256 }) => url.includes(sha256))) await cache?.delete(url);
}
