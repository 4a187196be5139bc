import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { TrainingError } from "../../errors.js";
import type { DataManifest } from "../manifest.js";

/** A file for errors and manifests: relative to the working directory where it lies inside. */
export function shortName(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside === "" || inside.startsWith("..") ? path : inside;
}

/** @throws TrainingError `invalid_data` where it cannot be read. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ERR_FS_FILE_TOO_LARGE"
        ? "it is larger than 2 GiB"
        : (error as Error).message;
    throw new TrainingError(
      "invalid_data",
      `cannot read ${shortName(path)}: ${reason}; name a file that can be read, large ones in pieces`,
    );
  }
}

/** Lines as bytes, without their ends. */
export function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    yield bytes.subarray(start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end + 1;
  }
}

/** @throws TrainingError `invalid_data` naming the first line that is no UTF-8. */
export function requireUtf8(bytes: Buffer, path: string): void {
  if (isUtf8(bytes)) return;
  let line = 0;
  for (const one of linesOf(bytes)) {
    line++;
    if (!isUtf8(one)) break;
  }
  throw new TrainingError(
    "invalid_data",
    `${shortName(path)}:${line}: expected UTF-8 text; convert the file (iconv -t UTF-8)`,
  );
}

/** Text without a byte order mark, lines ended by \n. */
export function decode(bytes: Buffer): string {
  return new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
}

/** What a manifest says of a file. */
export function originOf(
  path: string,
  bytes: Buffer,
  documents: number,
  characters: number,
): DataManifest["sources"][number] {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name: shortName(path), sha256, bytes: bytes.length, documents, characters };
}
