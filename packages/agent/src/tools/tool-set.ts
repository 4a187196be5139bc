/** The tools that are there, by name: what a run's options can ask for. */

import { createSandbox, restoreWorkspace, type Sandbox, saveWorkspace } from "@cachalot/sandbox";
import { openCorpus } from "../corpus/corpus.js";
import { AgentError } from "../errors.js";
import { connectMcp } from "../mcp/connect-mcp.js";
import { bashTool } from "./bash.js";
import { calculatorTool } from "./calculator.js";
import { fileEditorTool } from "./file-editor.js";
import { pythonTool } from "./python.js";
import { searchTools } from "./search.js";
import type { Tool } from "./tool.js";

export const TOOL_SET_NAMES = ["bash", "python", "editor", "search", "calculator"] as const;
export type ToolSetName = (typeof TOOL_SET_NAMES)[number];

export interface ToolSetOptions {
  /** Directory of documents; `search` needs it. */
  corpus?: string | undefined;
  /** Where the sandbox's files are kept from call to call, so that another process can go on with them. Default: nowhere. */
  workFile?: string;
  /** MCP servers whose tools are added: a command line, or a URL. */
  mcp?: readonly string[];
}

export interface ToolSet {
  tools: Tool[];
  /** Ends the sandbox and the servers. */
  close(): Promise<void>;
}

/** A command line as words; double quotes keep spaces. */
const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

/** The tool, which saves the sandbox's files after each call. `restored`: they are back as a process before left them. */
function savingWorkspace(own: Tool, sandbox: Sandbox, workFile: string, restored: boolean): Tool {
  const { stateful, ...rest } = own;
  const left = restored ? stateful?.replace(/^files(, | and )?/, "") : stateful;
  return {
    ...rest,
    ...(left ? { stateful: left } : {}),
    async execute(args, context) {
      const result = await own.execute(args, context);
      await saveWorkspace(sandbox, workFile);
      return result;
    },
  };
}

/**
 * Makes tools by their names: bash, Python and the editor share one sandbox.
 *
 * @throws AgentError for a sandbox, corpus or server that cannot be had
 */
export async function openToolSet(names: readonly ToolSetName[], options: ToolSetOptions = {}): Promise<ToolSet> {
  const { corpus, mcp = [], workFile } = options;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const tools: Tool[] = [];
    if (names.some((name) => name === "bash" || name === "python" || name === "editor")) {
      const sandbox = await createSandbox();
      closers.push(() => sandbox.close());
      const restored = workFile !== undefined && (await restoreWorkspace(sandbox, workFile));
      const keeping = (own: Tool): Tool =>
        workFile === undefined ? own : savingWorkspace(own, sandbox, workFile, restored);
      if (names.includes("bash")) tools.push(keeping(await bashTool(sandbox)));
      if (names.includes("python")) tools.push(keeping(await pythonTool(sandbox)));
      if (names.includes("editor")) tools.push(keeping(fileEditorTool(sandbox)));
    }
    if (names.includes("search")) {
      if (corpus === undefined)
        throw new AgentError("invalid_run", "The tool search needs a corpus; give its directory");
      tools.push(...searchTools(await openCorpus(corpus)));
    }
    if (names.includes("calculator")) tools.push(calculatorTool);
    for (const server of mcp) {
      const [command = "", ...args] = words(server);
      const connection = await connectMcp(/^https?:/.test(command) ? { url: command } : { command, args });
      closers.push(() => connection.close());
      tools.push(...connection.tools);
    }
    return { tools, close };
  } catch (error) {
    await close();
    throw error;
  }
}
