import type { ServedModel } from "@cachalot/agent";
import { createRemoteModel } from "@cachalot/chat";
import { loadTokenizer } from "@cachalot/model";
import { embeddedModel, engineFrom } from "../options.js";
import { remoteOptionsFrom } from "../upstream.js";
import type { ModelPlan } from "./agent-flags.js";

/** The model a run was begun with: on this machine, or elsewhere. */
export async function openModel({ engine: flags, upstream, tokenizer }: ModelPlan): Promise<ServedModel> {
  if (upstream !== undefined) {
    const model = createRemoteModel(await remoteOptionsFrom(upstream.upstream, upstream));
    // Without a tokenizer of its own prompts are estimated: another model's would count them wrongly.
    return { model, ...(tokenizer ? { tokenizer: await loadTokenizer(tokenizer) } : {}), close: async () => {} };
  }
  const engine = await engineFrom(flags);
  return { model: engine, tokenizer: await loadTokenizer(flags.model ?? embeddedModel()), close: () => engine.close() };
}
