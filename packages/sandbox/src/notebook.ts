import { guestProgram } from "./guest-program.js";
import { createInterpreter, type Exchange, type ExchangeOptions } from "./interpreter.js";
import type { Sandbox } from "./sandbox.js";

/** What a cell came to; neither when it has no value, or when the interpreter ended. */
export interface CellResult extends Omit<Exchange, "reply"> {
  /** The repr of the last line's value, where that is an expression and not None. */
  value?: string;
  /** The traceback of what was raised. */
  error?: string;
}

export interface Notebook {
  /** Cells wait for one another. Throws as `Interpreter.exchange` does. */
  run(code: string, options?: ExchangeOptions): Promise<CellResult>;
  /** Kills the interpreter; the next cell starts another. */
  restart(): Promise<void>;
}

/** A Python in the sandbox whose names stay from cell to cell. */
export async function openNotebook(sandbox: Sandbox): Promise<Notebook> {
  const interpreter = createInterpreter(sandbox, {
    argv: ["/usr/bin/python3", "-I", "-c", await guestProgram("notebook.py")],
    name: "interpreter",
  });
  return {
    restart: () => interpreter.restart(),
    async run(code, options) {
      const { reply, ...rest } = await interpreter.exchange(code, options);
      const text = reply?.slice(1);
      if (reply?.startsWith("v")) return { ...rest, value: text! };
      return reply?.startsWith("e") ? { ...rest, error: text! } : rest;
    },
  };
}
