/** What kept runs work with: models that runs share, and tools of each run's own. */

import type { ChatModel } from "@cachalot/chat";
import type { TextTokenizer } from "../context/prompt-tokens.js";
import type { AgentHooks, Approve } from "../loop/hooks.js";
import type { AgentSetup, RunSpec, SetUp } from "../runs/run-spec.js";
import { openToolSet } from "../tools/tool-set.js";
import { importWorkspace, workspacePath } from "../workspace/run-workspace.js";
import { oncePerPlan } from "./once-per-plan.js";
import type { ToolPlan } from "./tool-plan.js";

/** A model that is ready to answer. */
export interface ServedModel {
  model: ChatModel;
  /** The model's own, where it is known. */
  tokenizer?: TextTokenizer;
  close(): Promise<void>;
}

export interface AgentHostOptions<ModelPlan> {
  /** Where runs are kept. */
  directory: string;
  /** Makes the model that a plan names. Runs with the same plan share one. */
  openModel(plan: ModelPlan): Promise<ServedModel>;
  /** Asked before the calls of runs that were begun so. */
  approve?: Approve | undefined;
  /** Ask before the calls of other runs too; these approvals are not kept. */
  askAll?: boolean | undefined;
}

export interface AgentHost {
  setUp: SetUp;
  /** Ends the models. */
  close(): Promise<void>;
}

/** Makes what runs work with whose `agent` is a plan of a model and tools. */
export function createAgentHost<ModelPlan>(options: AgentHostOptions<ModelPlan>): AgentHost {
  const { directory, openModel, approve, askAll = false } = options;
  const served = oncePerPlan(openModel);

  return {
    async setUp(spec: RunSpec, runId: string): Promise<AgentSetup> {
      const { tools: names, corpus, mcp, workspace, ...modelPlan } = spec.agent as ToolPlan & ModelPlan;
      const { model, tokenizer } = await served.of(modelPlan as ModelPlan);
      // Already there, unless the run was left to a worker that sees the folder but not the copy.
      if (workspace !== undefined) await importWorkspace(directory, runId, workspace);
      const { tools, instructions, close } = await openToolSet(names, {
        corpus,
        mcp,
        workspace: workspacePath(directory, runId),
      });
      const told = [workspace && WORKSPACE_INSTRUCTIONS, instructions].filter((text) => text !== undefined);
      return {
        ...{ model, tools, close },
        ...(told.length > 0 ? { instructions: told.join("\n\n") } : {}),
        ...(tokenizer ? { tokenizer } : {}),
        ...approvalOf(spec, approve, askAll),
      };
    },
    async close() {
      for (const serving of served.opened()) await (await serving).close();
    },
  };
}

const WORKSPACE_INSTRUCTIONS =
  "The user's files are in /work, where you start: a copy without .git. Work on them there. When you are done, the user " +
  "is shown the difference and decides whether to take it over. There is no network.";

function approvalOf(
  { approval }: RunSpec,
  approve: Approve | undefined,
  askAll: boolean,
): Pick<AgentSetup, "approve" | "hooks"> {
  if (approve === undefined) return {};
  if (approval === "ask") return { approve };
  return askAll ? { hooks: askingHooks(approve) } : {};
}

/** Asks within the step of a call: a step of its own would be one the run did not have before. */
const askingHooks = (approve: Approve): AgentHooks => ({
  async beforeTool(at) {
    const word = await approve(at);
    return word.approved ? undefined : `Error: the call was denied: ${word.reason}`;
  },
});
