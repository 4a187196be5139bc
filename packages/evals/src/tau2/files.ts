/** Files of a domain's folder, gzipped or not, as JSON or as TOML. */

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { parse } from "smol-toml";
import { EvalsError } from "../errors.js";

/** Bytes of a file or of its gzipped form; undefined where neither is there. */
export async function bytesOf(path: string): Promise<Buffer | undefined> {
  const plain = await readFile(path).catch(() => undefined);
  if (plain) return plain;
  const packed = await readFile(`${path}.gz`).catch(() => undefined);
  return packed && gunzipSync(packed);
}

/** JSON, or TOML where the name says so. @throws EvalsError `bad_data` */
export async function contentOf(path: string): Promise<unknown> {
  const bytes = await bytesOf(path);
  if (!bytes) return undefined;
  const isToml = path.endsWith(".toml");
  try {
    return isToml ? parse(bytes.toString("utf8")) : JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    const [first] = (error as Error).message.split("\n");
    throw new EvalsError("bad_data", `${path} is not ${isToml ? "TOML" : "JSON"} (${first}); get the file again`);
  }
}
