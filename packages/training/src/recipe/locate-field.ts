import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { TrainingError } from "../errors.js";
import { fieldDepth, fieldLine } from "./field-line.js";

/**
 * FILE:LINE of a field of a recipe; where the recipe extends others, in the file that says most of it.
 * @param path of the recipe
 * @param field keys and indices with dots between them
 */
export async function locateField(path: string, field: string): Promise<string> {
  const keys = field.split(".");
  let [best, deepest] = [path, -1];
  for (let file: string | undefined = path; file !== undefined; ) {
    const text = await readFile(file, "utf8").catch(() => "{}");
    const depth = fieldDepth(text, keys);
    if (depth > deepest) [best, deepest] = [`${file}:${fieldLine(text, keys)}`, depth];
    file = parentOf(text, file);
  }
  return best;
}

function parentOf(text: string, file: string): string | undefined {
  const { extends: parent } = JSON.parse(text) as { extends?: unknown };
  return typeof parent === "string" ? resolve(dirname(file), parent) : undefined;
}

/** `stages.1 (rl).tasks: tasksets.sorting.levels: …`: a stage, a field of it, and where that has fields too one of those. */
const STAGE_FIELD = /^(stages\.\d+) \([a-z0-9-]+\)((?:\.[\w-]+)*):(?: ([a-z]\w*(?:\.[\w-]+)+):)?/;

/** A problem found in a recipe that was read before, such as "stages.1 (rl).tasks: …", with the place in its file. */
export async function located(error: unknown, path: string): Promise<unknown> {
  if (!(error instanceof TrainingError)) return error;
  const [, stage, rest, inner] = STAGE_FIELD.exec(error.message) ?? [];
  if (stage === undefined) return error;
  const field = `${stage}${rest}${inner === undefined ? "" : `.${inner}`}`;
  return new TrainingError(error.code, `${await locateField(path, field)}: ${error.message}`);
}
