import { ModelError, type ModelErrorCode } from "../errors.js";
import { openRequired } from "../source/open.js";
import type { CheckpointSource } from "../source/source.js";
import { parseStrictJson } from "./strict-json.js";

/** Far above any real config or index file; a tokenizer.json of 130K tokens has 10 MB. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Reads a JSON file, refusing what JSON.parse lets pass silently (duplicate keys) or dies of (endless nesting).
 * @throws ModelError `missing_file`, or `code` when the content is bad.
 */
export async function readJson(
  source: CheckpointSource,
  name: string,
  code: ModelErrorCode,
): Promise<{ json: unknown; path: string }> {
  const file = await openRequired(source, name);
  const { path, size } = file;
  try {
    if (size > MAX_BYTES) throw new ModelError(code, `${path} has ${size} bytes; JSON files end at ${MAX_BYTES}`);
    const bytes = await file.read(0, size);
    // Windows editors put a byte order mark before the text.
    const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return { json: parseStrictJson(hasMark ? bytes.subarray(3) : bytes, path, code), path };
  } finally {
    await file.close();
  }
}
