import { TrainingError } from "../../errors.js";
import type { DataManifest } from "../manifest.js";
import { type Document, textDocument } from "./document.js";
import { decode, originOf, readBytes, requireUtf8, shortName } from "./read-text.js";
import { pieceLength, textPieces } from "./text-pieces.js";

/**
 * Text files as documents: what `separator` parts, or else files, each in pieces where it is long.
 * @throws TrainingError `invalid_data` for a file that is empty or no UTF-8.
 */
export async function textFileDocuments(
  files: readonly string[],
  separator?: string,
): Promise<{ documents: Document[]; origins: DataManifest["sources"] }> {
  const texts: { path: string; bytes: Buffer; text: string }[] = [];
  for (const path of files) {
    const bytes = await readBytes(path);
    requireUtf8(bytes, path);
    const text = decode(bytes);
    if (text.trim() === "")
      throw new TrainingError(
        "invalid_data",
        `${shortName(path)}: expected text, found none; fill the file or leave it out`,
      );
    texts.push({ path, bytes, text });
  }
  const length = pieceLength(texts.reduce((sum, { text }) => sum + text.length, 0));
  const documents: Document[] = [];
  const origins = texts.map(({ path, bytes, text }) => {
    const pieces = separator === undefined ? textPieces(text, length) : parts(text, separator);
    for (const piece of pieces) documents.push(textDocument(piece));
    return originOf(path, bytes, pieces.length, text.length);
  });
  return { documents, origins };
}

function parts(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
