import { guestProgram } from "./guest-program.js";
import { createInterpreter, type Interpreter } from "./interpreter.js";
import type { Sandbox } from "./sandbox.js";

/** A Python notebook in the sandbox: takes cells as JSON, `{"code": …}`, replies with JSON, `{"value"?, "error"?}`. */
export async function openNotebook(sandbox: Sandbox): Promise<Interpreter> {
  return createInterpreter(sandbox, {
    argv: ["/usr/bin/python3", "-I", "-c", await guestProgram("notebook.py")],
    terminator: "\n",
    name: "interpreter",
  });
}
