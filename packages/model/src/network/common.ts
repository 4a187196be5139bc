export { AttentionObserver, type ObservedAttention, type ObservedRow } from "./attention-observer.js";
export { BlockPool, bytesPerToken } from "./block-pool.js";
export {
  CausalLM,
  type CausalLMOptions,
  type DeviceForward,
  type DraftInput,
  type ForwardOptions,
  type SequenceInput,
} from "./causal-lm.js";
export { outputHead } from "./decoder-layer.js";
export { type IndexerProjection, scoreSelected, scoreTokens } from "./indexer.js";
export { initializeParameters } from "./initialize.js";
export { KvCache } from "./kv-cache.js";
export {
  checkpointConfig,
  type LoadOptions,
  loadModel,
  loadParameters,
  reloadWeights,
} from "./load.js";
export type { AttentionMode, MlaForm } from "./mla.js";
export { mtpForward } from "./mtp.js";
export type { Network } from "./network.js";
export type { AttentionTrace } from "./packed-attention.js";
export { NO_LOSS, type PackedBatch, type PrefixedBatch } from "./packed-batch.js";
export { type PackedForward, type PackedForwardOptions, packedForward } from "./packed-forward.js";
export { selectPacked } from "./packed-selection.js";
export { RopeCache } from "./rope.js";
export type { Routing } from "./routing.js";
export { type RecordedRows, type RoutingRecord, RoutingRecorder } from "./routing-recorder.js";
export type { Selection } from "./selection.js";
export { copyParameters, type WeightDtype } from "./weight-dtype.js";
export { bindWeights, isMoe, type ModelWeights, type ParameterSpec, parameterSpecs } from "./weights.js";
