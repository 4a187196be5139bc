import { openNotebook, type Sandbox } from "@cachalot/sandbox";
import * as z from "zod";
import { type InterpreterToolOptions, report, timeoutSeconds } from "./bash.js";
import { type Tool, tool } from "./tool.js";

const answer = z.object({ value: z.string().optional(), error: z.string().optional() });

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
    maxResultCharacters: 2 * sandbox.limits.outputBytes,
    stateful: "files and variables",
    async execute({ code, restart = false, timeout_s }, { signal }) {
      if (restart) await notebook.restart();
      if (code === undefined) return restart ? "[a new interpreter]" : "[nothing to run: give code]";
      const timeoutMs = timeout_s === undefined ? undefined : timeout_s * 1000;
      const { reply, output, notices } = await notebook.exchange(JSON.stringify({ code }), { timeoutMs, signal });
      const { value, error } = parseAnswer(reply);
      const shown = [output.replace(/\n$/, ""), value ?? error ?? ""].filter((part) => part !== "").join("\n");
      return report(shown, ...notices);
    },
  });
}

/** A cell may write to the pipe of answers, and so answer itself: such an answer is shown, not believed. */
function parseAnswer(reply: string | undefined): z.output<typeof answer> {
  if (reply === undefined) return {};
  try {
    return answer.parse(JSON.parse(reply));
  } catch {
    return { error: `the interpreter gave an answer that is none: ${reply.slice(0, 200)}` };
  }
}
