import { readFile, stat } from "node:fs/promises";
import { ModelError, type ModelErrorCode } from "../errors.js";
import { parseStrictJson } from "./strict-json.js";

/** Far above any real config or index file; a tokenizer.json of 130K tokens has 10 MB. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Reads a JSON file, refusing what JSON.parse lets pass silently (duplicate keys) or dies of (endless nesting).
 * @throws ModelError `missing_file`, or `code` when the content is bad.
 */
export async function readJson(path: string, code: ModelErrorCode): Promise<unknown> {
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new ModelError(code, `${path} has ${size} bytes; JSON files end at ${MAX_BYTES}`);
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError("missing_file", `cannot read ${path}: ${reason}; check that the checkpoint is complete`);
  }
  // Windows editors put a byte order mark before the text.
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return parseStrictJson(hasMark ? bytes.subarray(3) : bytes, path, code);
}
