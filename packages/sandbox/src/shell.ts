import { guestProgram } from "./guest-program.js";
import { createInterpreter, type Interpreter } from "./interpreter.js";
import type { Sandbox } from "./sandbox.js";

/** A bash in the sandbox whose directory, variables and functions stay: takes commands, replies with their exit codes. */
export async function openShell(sandbox: Sandbox): Promise<Interpreter> {
  return createInterpreter(sandbox, {
    argv: ["/bin/bash", "--noprofile", "--norc", "-c", await guestProgram("shell.sh")],
    terminator: "\0",
    name: "shell",
  });
}
