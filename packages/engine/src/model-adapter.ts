import { type AttentionMode, type CausalLM, type KvCache, RoutingRecorder } from "@cachalot/model";
import type { CausalLanguageModel, ForwardResult, SequenceInput } from "./language-model.js";

/**
 * A network as the engine takes it: one with a multi-token-prediction layer drafts.
 *
 * @param load replaces the network's weights by those of a checkpoint directory
 */
export function languageModelOf(
  model: CausalLM,
  load: (dir: string) => Promise<void>,
  attention?: AttentionMode,
): CausalLanguageModel<KvCache> {
  const options = attention ? { attention } : {};
  const drafts = model.weights.mtp !== undefined;
  return {
    blocks: model.blocks,
    createCache: (capacity, prefix) => model.createCache(capacity, prefix),
    forward: async (inputs) => {
      if (!inputs.some(({ record }) => record?.experts || record?.selection))
        return model.forwardOnDevice(inputs, { ...options, hidden: drafts });
      return recordedForward(model, inputs, { ...options, hidden: drafts });
    },
    ...(drafts ? { draft: (inputs, hidden) => model.draft(inputs, hidden, options) } : {}),
    load,
    dispose: () => model.dispose(),
  };
}

async function recordedForward(
  model: CausalLM,
  inputs: readonly SequenceInput<KvCache>[],
  options: { attention?: AttentionMode; hidden: boolean },
): Promise<ForwardResult> {
  const recorder = new RoutingRecorder(inputs.map(({ record }) => record));
  const { routing, selection } = recorder;
  const { logits, hidden } = model.forwardOnDevice(inputs, {
    ...options,
    ...(routing ? { routing } : {}),
    ...(selection ? { selection } : {}),
  });
  const counts = inputs.map(({ tokens }) => tokens.length);
  const { config } = model;
  try {
    const shape = { layers: config.numHiddenLayers, topK: config.indexer?.topk };
    return { logits, hidden, records: await recorder.records(counts, shape) };
  } catch (error) {
    logits?.dispose();
    hidden?.dispose();
    throw error;
  }
}
