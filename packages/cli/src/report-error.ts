import { err } from "./terminal/output.js";
import { red, text } from "./terminal/styled-text.js";

/** One line for the errors our packages throw (they name the fix), a stack for anything else. Exit status 1. */
export function reportError(error: unknown): void {
  const known = error instanceof Error && typeof (error as { code?: unknown }).code === "string";
  const message = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  err.print(text`${red("error:")} ${message}\n`);
  process.exitCode = 1;
}
