/** Issue export: a JSON list of {number, title, body, commit?}, or such objects line by line. */

import { readFile } from "node:fs/promises";
import * as z from "zod";
import { SynthesisError } from "../../errors.js";

const issueSchema = z.looseObject({
  number: z.number().int(),
  title: z.string(),
  body: z
    .string()
    .nullish()
    .transform((body) => body ?? ""),
  /** The commit that closed it, at least 7 digits. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/)
    .optional(),
});

export type Issue = z.output<typeof issueSchema>;

/** @throws SynthesisError `invalid_options` that names the issue */
export async function readIssues(file: string): Promise<Issue[]> {
  const text = await readFile(file, "utf8");
  let values: unknown;
  try {
    values = text.trimStart().startsWith("[")
      ? JSON.parse(text)
      : text
          .split("\n")
          .filter((line) => line.trim())
          .map((line) => JSON.parse(line));
  } catch (error) {
    throw new SynthesisError(
      "invalid_options",
      `${file} is no JSON: ${(error as Error).message}; export the issues again`,
    );
  }
  const { data, error } = z.array(issueSchema).safeParse(values);
  if (data) return data;
  throw new SynthesisError("invalid_options", `${file}: ${z.prettifyError(error)}; export the issues again`);
}
