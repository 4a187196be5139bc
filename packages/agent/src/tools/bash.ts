import { openShell, type Sandbox } from "@cachalot/sandbox";
import * as z from "zod";
import { type Tool, tool } from "./tool.js";

export interface InterpreterToolOptions {
  /** The longest a call may ask for, in milliseconds. Default 300,000. */
  maxTimeoutMs?: number;
}

/** Room is left for what is said of the output, so that a result is cut once: at the output. */
export const OUTPUT_CHARACTERS = 32_000;

/** `timeout_s` of a call, as models name it. */
export const timeoutSeconds = (maxTimeoutMs: number) =>
  z
    .number()
    .positive()
    .max(maxTimeoutMs / 1000)
    .optional()
    .describe("Seconds until it is interrupted");

/** What a model reads: the output as it came, then what there is to say about it. */
export function report(output: string, ...notes: (string | undefined)[]): string {
  const said = notes.filter((note) => note !== undefined && note !== "").map((note) => `[${note}]`);
  const text = [output.replace(/\n$/, ""), ...said].filter((part) => part !== "").join("\n");
  return text === "" ? "[no output]" : text;
}

/** A bash whose directory, variables and functions stay from call to call, in the sandbox. */
export async function bashTool(
  sandbox: Sandbox,
  { maxTimeoutMs = 300_000 }: InterpreterToolOptions = {},
): Promise<Tool> {
  const shell = await openShell(sandbox);
  return tool({
    name: "bash",
    description:
      "Runs a command in a bash that keeps its directory and variables between calls. It runs in a sandbox without " +
      "network; /work is yours, /usr can be read. stdout and stderr come together.",
    inputSchema: z.object({
      command: z.string().optional().describe("What to run; not needed with restart"),
      restart: z.boolean().optional().describe("Kill everything in the shell first and start a new one"),
      timeout_s: timeoutSeconds(maxTimeoutMs),
    }),
    stateful: "files, variables and running programs",
    async execute({ command, restart = false, timeout_s }, { signal }) {
      if (restart) await shell.restart();
      if (command === undefined) return restart ? "[a new shell]" : "[nothing to run: give a command]";
      if (command.includes("\0")) throw new Error("the command has a zero byte; take it out");
      const timeoutMs = timeout_s === undefined ? undefined : timeout_s * 1000;
      const options = { timeoutMs, signal, outputCharacters: OUTPUT_CHARACTERS };
      const { reply, output, notices } = await shell.exchange(command, options);
      return report(output, reply === undefined || reply === "0" ? undefined : `exit code ${reply}`, ...notices);
    },
  });
}
