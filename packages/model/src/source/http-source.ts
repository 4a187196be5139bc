import type { HttpSourceOptions } from "./http-options.js";
import { Limit } from "./limit.js";
import { RangeClient } from "./range-client.js";
import type { CheckpointSource, SourceFile } from "./source.js";

/** Chunks of a file that are kept: tensors are read in another order than they lie. */
const KEPT_CHUNKS = 16;

/**
 * A folder of a web server, or one file of it, read by ranges. A server that knows no ranges sends each file once, whole.
 * @param address http(s) address; one that ends in `.safetensors` or `.json` is a file
 */
export function httpSource(address: string, options: HttpSourceOptions = {}): CheckpointSource {
  const url = new URL(address);
  const file = /[^/]+\.(?:safetensors|json)$/.exec(url.pathname)?.[0];
  if (!file && !url.pathname.endsWith("/")) url.pathname += "/";
  const client = new RangeClient(options, new Limit(options.concurrency ?? 6));
  return {
    location: address,
    ...(file ? { file } : {}),
    async open(name) {
      const found = new URL(encodeURIComponent(name), url);
      found.search = url.search;
      const resource = await client.inspect(found.href);
      return resource && chunked(resource, options.chunkBytes ?? 4 * 2 ** 20);
    },
  };
}

/** A file read in chunks, each fetched once while it is kept. */
function chunked(file: SourceFile, chunkBytes: number): SourceFile {
  const chunks = new Map<number, Promise<Uint8Array>>();
  const chunkAt = (index: number): Promise<Uint8Array> => {
    const known = chunks.get(index);
    const start = index * chunkBytes;
    const chunk = known ?? file.read(start, Math.min(chunkBytes, file.size - start));
    chunks.delete(index);
    chunks.set(index, chunk);
    // A failed fetch is not kept: the next reader tries again.
    if (!known) chunk.catch(() => chunks.delete(index));
    if (chunks.size > KEPT_CHUNKS) chunks.delete(chunks.keys().next().value!);
    return chunk;
  };
  return {
    path: file.path,
    size: file.size,
    async read(offset, length) {
      const end = Math.min(offset + length, file.size);
      const bytes = new Uint8Array(Math.max(0, end - offset));
      const [first, last] = [Math.floor(offset / chunkBytes), Math.ceil(end / chunkBytes)];
      const indices = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
      await Promise.all(
        indices.map(async (index) => {
          const start = index * chunkBytes;
          const chunk = await chunkAt(index);
          const from = Math.max(offset, start);
          bytes.set(chunk.subarray(from - start, Math.min(end - start, chunk.length)), from - offset);
        }),
      );
      return bytes;
    },
    async close() {
      chunks.clear();
      await file.close();
    },
  };
}
