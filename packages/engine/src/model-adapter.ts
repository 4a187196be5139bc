import type { AttentionMode, CausalLM, KvCache } from "@cachalot/model";
import type { CausalLanguageModel } from "./language-model.js";

/** A network as the engine takes it: one with a multi-token-prediction layer drafts. */
export function languageModelOf(
  model: CausalLM,
  load: (dir: string) => Promise<void>,
  attention?: AttentionMode,
): CausalLanguageModel<KvCache> {
  const options = attention ? { attention } : {};
  const { device, config } = model;
  const onDevice = (data: Float32Array, width: number) =>
    data.length === 0 ? undefined : device.from("f32", [data.length / width, width], data);
  const base = {
    blocks: model.blocks,
    createCache: (capacity: number, prefix?: readonly number[]) => model.createCache(capacity, prefix),
    load,
    dispose: () => model.dispose(),
  };
  return {
    ...base,
    forward: async (inputs) => ({ logits: onDevice(model.forward(inputs, options), config.vocabSize) }),
  };
}
