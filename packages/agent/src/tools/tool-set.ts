/** Opens what a run's options ask for: tools by name, with the sandbox or the corpus they need, and MCP servers. */

import {
  createSandbox,
  openWorkspaceStore,
  type Sandbox,
  type SandboxLimits,
  type WorkspaceStore,
} from "@cachalot/sandbox";
import { openCorpus } from "../corpus/corpus.js";
import { AgentError } from "../errors.js";
import type { McpPlan } from "../mcp/mcp-plan.js";
import { openMcpTools } from "../mcp/mcp-tools.js";
import { TOOLS, type ToolSetName } from "./index.js";
import { createSave, savingWorkspace } from "./saving-workspace.js";
import type { Tool } from "./tool.js";

export interface ToolSetOptions {
  /** Directory of documents; `search` needs it. */
  corpus?: string | undefined;
  /**
   * Where the sandbox's /work is kept from call to call, so that a new sandbox and another process can go on with it: a
   * store, or its directory. Default: nowhere.
   */
  workspace?: WorkspaceStore | string;
  /** Of the sandbox. */
  limits?: Partial<SandboxLimits>;
  /** MCP servers whose tools are added: a plan, or command lines and URLs alone. */
  mcp?: McpPlan | readonly string[] | undefined;
}

export interface ToolSet {
  /** Changed in place when an MCP server says that its tools changed. */
  tools: Tool[];
  /** What MCP servers say about their tools, for the model. */
  instructions?: string;
  /** Ends the sandbox and the servers, and closes the corpus. */
  close(): Promise<void>;
}

/**
 * Makes tools by their names: bash, Python and the editor share one sandbox.
 *
 * @throws AgentError for a sandbox, corpus or server that cannot be had
 */
export async function openToolSet(names: readonly ToolSetName[], options: ToolSetOptions = {}): Promise<ToolSet> {
  const { corpus, mcp } = options;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const tools: Tool[] = [];
    const { sandbox, wrap } = await openSandbox(names, options, closers);
    for (const entry of TOOLS) {
      if (!names.includes(entry.name)) continue;
      if (entry.needs === "sandbox") tools.push(wrap(await entry.make(sandbox!)));
      else if (entry.needs === "corpus") {
        const opened = await openCorpus(needed(entry.name, corpus));
        closers.push(() => opened.close());
        tools.push(...entry.make(opened));
      } else tools.push(entry.make());
    }
    const plan = planOf(mcp);
    if (plan.servers.length === 0) return { tools, close };
    const own = [...tools];
    const reserved = own.map(({ definition }) => definition.function.name);
    const servers = await openMcpTools(plan, reserved, () => tools.splice(0, tools.length, ...own, ...servers.tools()));
    closers.push(() => servers.close());
    tools.push(...servers.tools());
    const { instructions } = servers;
    return { tools, ...(instructions === "" ? {} : { instructions }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const planOf = (mcp: ToolSetOptions["mcp"] = []): McpPlan => ("servers" in mcp ? mcp : { servers: mcp });

interface OpenedSandbox {
  sandbox: Sandbox | undefined;
  /** The tool, saving the workspace after each call where it is to be kept. */
  wrap(tool: Tool): Tool;
}

/** One sandbox for all tools that need one. */
async function openSandbox(
  names: readonly ToolSetName[],
  { workspace, limits }: ToolSetOptions,
  closers: (() => Promise<void>)[],
): Promise<OpenedSandbox> {
  if (!TOOLS.some(({ name, needs }) => needs === "sandbox" && names.includes(name)))
    return { sandbox: undefined, wrap: (tool) => tool };
  const store = typeof workspace === "string" ? openWorkspaceStore(workspace) : workspace;
  const sandbox = await createSandbox(limits, store && { workspace: store });
  closers.push(() => sandbox.close());
  if (store === undefined) return { sandbox, wrap: (tool) => tool };
  const restored = (await store.load("latest")) !== undefined;
  const save = createSave(sandbox, store);
  return { sandbox, wrap: (tool) => savingWorkspace(tool, save, restored) };
}

function needed(tool: string, corpus: string | undefined): string {
  if (corpus !== undefined) return corpus;
  throw new AgentError("invalid_run", `The tool ${tool} needs a corpus; give its directory`);
}
