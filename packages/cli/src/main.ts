#!/usr/bin/env node
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

// A reader that has seen enough, such as head, is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 70));
}

try {
  await createProgram().parseAsync();
} catch (error) {
  reportError(error);
}
