import {
  type AttentionMode,
  AttentionObserver,
  type CausalLM,
  type KvCache,
  type ObservedRow,
  RoutingRecorder,
} from "@cachalot/model";
import type { CausalLanguageModel, ForwardResult, SequenceInput } from "./language-model.js";
import { observedRows } from "./observation.js";

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
  const { config } = model;
  return {
    blocks: model.blocks,
    observedModel: { layers: config.numHiddenLayers, topk: config.indexer?.topk, experts: config.nRoutedExperts },
    createCache: (capacity, prefix) => model.createCache(capacity, prefix),
    forward: async (inputs) => {
      if (!inputs.some(({ record, observe }) => record?.experts || record?.selection || observe))
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
  const recorder = new RoutingRecorder(
    inputs.map(({ record, observe }) => (observe ? { experts: true, selection: true } : record)),
  );
  const { routing, selection } = recorder;
  const watched = watchedRows(inputs);
  const observer = watched.length > 0 ? new AttentionObserver(watched) : undefined;
  const { logits, hidden } = model.forwardOnDevice(inputs, {
    ...options,
    ...(routing ? { routing } : {}),
    ...(selection ? { selection } : {}),
    ...(observer ? { observer } : {}),
  });
  const counts = inputs.map(({ tokens }) => tokens.length);
  const { config } = model;
  try {
    const shape = { layers: config.numHiddenLayers, topK: config.indexer?.topk };
    const records = await recorder.records(counts, shape);
    const attention = (await observer?.observed()) ?? [];
    const observed = inputs.map(({ tokens, scored, observe }, i) => {
      if (!observe) return undefined;
      const seen = observe.mass || observe.scores ? attention.splice(0, scored) : [];
      return observedRows(tokens.length, scored, records[i], seen);
    });
    return { logits, hidden, records, observed };
  } catch (error) {
    logits?.dispose();
    hidden?.dispose();
    throw error;
  }
}

/** The scored rows of the inputs whose attention is observed, by their place in the pass. */
function watchedRows(inputs: readonly SequenceInput<KvCache>[]): ObservedRow[] {
  let end = 0;
  return inputs.flatMap(({ tokens, scored, observe }) => {
    end += tokens.length;
    if (!observe?.mass && !observe?.scores) return [];
    return Array.from({ length: scored }, (_, i) => ({ row: end - scored + i, scores: observe.scores === true }));
  });
}
