import { dirname, join } from "node:path";
import {
  type AgentHooks,
  type AgentSetup,
  type Approve,
  openToolSet,
  type RunSpec,
  type SetUp,
  tracePath,
} from "@cachalot/agent";
import { type ChatModel, createRemoteModel } from "@cachalot/chat";
import { loadTokenizer, type Tokenizer } from "@cachalot/model";
import { embeddedModel, engineFrom } from "../options.js";
import { remoteOptionsFrom } from "../upstream.js";
import type { AgentPlan } from "./agent-flags.js";

interface Served {
  model: ChatModel;
  /** Only where it is known: prompts are estimated otherwise, never counted with another model's. */
  tokenizer?: Tokenizer;
  close(): Promise<void>;
}

async function serve({ engine: flags, upstream, tokenizer }: AgentPlan): Promise<Served> {
  if (upstream !== undefined) {
    const model = createRemoteModel(await remoteOptionsFrom(upstream.upstream, upstream));
    return { model, ...(tokenizer ? { tokenizer: await loadTokenizer(tokenizer) } : {}), close: async () => {} };
  }
  const engine = await engineFrom(flags);
  const own = await loadTokenizer(flags.model ?? embeddedModel());
  return { model: engine, tokenizer: own, close: () => engine.close() };
}

/** Asks within the step of a call: a step of its own would be one the run did not have before. */
const askingHooks = (approve: Approve): AgentHooks => ({
  async beforeTool(at) {
    const word = await approve(at);
    return word.approved ? undefined : `Error: the call was denied: ${word.reason}`;
  },
});

export interface AgentHost {
  setUp: SetUp;
  /** Ends the models. */
  close(): Promise<void>;
}

/**
 * Makes what the runs of a directory work with. Runs of one model share it; each has tools of its own.
 *
 * @param approve asked before the calls of runs that were begun so
 * @param askAll ask before those of others too; these approvals are not kept
 */
export function createAgentHost(directory: string, approve?: Approve, askAll = false): AgentHost {
  const served = new Map<string, Promise<Served>>();
  return {
    async setUp(spec: RunSpec, runId: string): Promise<AgentSetup> {
      const plan = spec.agent as AgentPlan;
      const key = JSON.stringify([plan.engine, plan.upstream, plan.tokenizer]);
      const serving = served.get(key) ?? serve(plan);
      served.set(key, serving);
      serving.catch(() => served.delete(key));
      const { model, tokenizer } = await serving;
      const { tools, close } = await openToolSet(plan.tools, {
        corpus: plan.corpus,
        mcp: plan.mcp,
        workspace: join(dirname(tracePath(directory, runId)), "workspace"),
      });
      const asks = spec.approval === "ask";
      return {
        ...{ model, tools, close },
        ...(tokenizer ? { tokenizer } : {}),
        ...(approve && asks ? { approve } : {}),
        ...(approve && askAll && !asks ? { hooks: askingHooks(approve) } : {}),
      };
    },
    async close() {
      for (const serving of served.values()) await (await serving).close();
    },
  };
}
