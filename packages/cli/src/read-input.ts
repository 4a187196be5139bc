import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseExactJson } from "@cachalot/chat";
import { CliError } from "./errors.js";

/** A file's text, or standard input's for "-". @throws CliError `invalid_input`. */
export async function readText(path: string): Promise<string> {
  if (path === "-") return text(process.stdin);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("invalid_input", `cannot read ${path}: ${reason}; pass a file, or - for standard input`);
  }
}

/** JSON that prompts show exactly as it was written. @throws CliError `invalid_input` when it is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  const content = await readText(path);
  try {
    return parseExactJson(content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("invalid_input", `${path} is not JSON: ${reason}`);
  }
}
