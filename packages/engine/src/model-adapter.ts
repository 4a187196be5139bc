import type { AttentionMode, CausalLM, KvCache } from "@cachalot/model";
import type { CausalLanguageModel } from "./language-model.js";

/** A network as the engine takes it: one with a multi-token-prediction layer drafts. */
export function languageModelOf(model: CausalLM, attention?: AttentionMode): CausalLanguageModel<KvCache> {
  const options = attention ? { attention } : {};
  const base = {
    blocks: model.blocks,
    createCache: (capacity: number, prefix?: readonly number[]) => model.createCache(capacity, prefix),
    sample: (logits: Float32Array, parameters: Float32Array) => model.sample(logits, parameters),
    dispose: () => model.dispose(),
  };
  if (!model.weights.mtp) return { ...base, forward: (inputs) => ({ logits: model.forward(inputs, options) }) };
  return {
    ...base,
    forward: (inputs) => model.forwardWithHidden(inputs, options),
    draft: (inputs) => model.draft(inputs, options),
  };
}
