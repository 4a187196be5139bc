import { openNotebook, type Sandbox } from "@cachalot/sandbox";
import * as z from "zod";
import { type InterpreterToolOptions, OUTPUT_CHARACTERS, report, timeoutSeconds } from "./bash.js";
import { type Tool, tool } from "./tool.js";

/** A Python notebook in the sandbox: names stay from cell to cell, the value of a last expression is shown. */
export async function pythonTool(
  sandbox: Sandbox,
  { maxTimeoutMs = 300_000 }: InterpreterToolOptions = {},
): Promise<Tool> {
  const notebook = await openNotebook(sandbox);
  return tool({
    name: "python",
    description:
      "Runs a cell in a Python notebook: names stay from call to call, and the value of a last line that is an " +
      "expression is shown. It runs in a sandbox without network; files in /work stay.",
    inputSchema: z.object({
      code: z.string().optional().describe("The cell; not needed with restart"),
      restart: z.boolean().optional().describe("Start a new interpreter first"),
      timeout_s: timeoutSeconds(maxTimeoutMs),
    }),
    stateful: "files and variables",
    async execute({ code, restart = false, timeout_s }, { signal }) {
      if (restart) await notebook.restart();
      if (code === undefined) return restart ? "[a new interpreter]" : "[nothing to run: give code]";
      if (code.includes("\0")) throw new Error("the cell has a zero character; take it out");
      const timeoutMs = timeout_s === undefined ? undefined : timeout_s * 1000;
      const options = { timeoutMs, signal, outputCharacters: OUTPUT_CHARACTERS };
      const { value, error, output, notices } = await notebook.run(code, options);
      const shown = [output.replace(/\n$/, ""), value ?? error ?? ""].filter((part) => part !== "").join("\n");
      return report(shown, ...notices);
    },
  });
}
