import { guestProgram } from "./guest-program.js";
import { createInterpreter, type Interpreter } from "./interpreter.js";
import type { Sandbox } from "./sandbox.js";

/** A bash in the sandbox whose directory, variables and functions stay: takes commands, replies with their exit codes. */
export async function openShell(sandbox: Sandbox): Promise<Interpreter> {
  const script = await guestProgram("shell.sh");
  // A number no program picks by chance, and below the limit of open files.
  const descriptor = `${Math.min(250, sandbox.limits.openFiles - 4)}`;
  return createInterpreter(sandbox, {
    argv: ["/bin/bash", "--noprofile", "--norc", "-c", script.replaceAll("250", descriptor)],
    name: "shell",
  });
}
