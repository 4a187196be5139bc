import type { CheckpointSource } from "./source.js";

/** Files a page was given, by name: from a file input, a drop, or the origin-private file system. Read in pieces. */
export function blobSource(files: ReadonlyMap<string, Blob>, location = "the given files"): CheckpointSource {
  return {
    location,
    async open(name) {
      const blob = files.get(name);
      return (
        blob && {
          path: name,
          size: blob.size,
          read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
          close: async () => undefined,
        }
      );
    },
  };
}
