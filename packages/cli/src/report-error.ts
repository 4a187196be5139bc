import pc from "picocolors";

/** One line for the errors our packages throw (they name the fix), a stack for anything else. Exit status 1. */
export function reportError(error: unknown): void {
  const known = error instanceof Error && typeof (error as { code?: unknown }).code === "string";
  const text = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${pc.red("error:")} ${text}\n`);
  process.exitCode = 1;
}
