/** Texts of a corpus file: the strings of every JSON line, or the file as plain text. */

import { readFile } from "node:fs/promises";
import { readLines } from "@cachalot/files";

/** @throws what reading throws */
export async function* corpusTexts(path: string): AsyncGenerator<{ where: string; text: string }> {
  if (!/\.jsonl?$/.test(path)) {
    yield { where: path, text: await readFile(path, "utf8") };
    return;
  }
  for await (const { number, text } of readLines(path))
    if (text) yield { where: `${path}:${number}`, text: stringsOf(text) };
}

/** What is no JSON is text. */
function stringsOf(line: string): string {
  try {
    const strings: string[] = [];
    JSON.parse(line, (_, value: unknown) => {
      if (typeof value === "string") strings.push(value);
      return value;
    });
    return strings.join("\n");
  } catch {
    return line;
  }
}
