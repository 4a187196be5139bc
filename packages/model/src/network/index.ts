export type { AttentionMode, MlaForm } from "./attention.js";
export { CausalLM, type DraftInput, type ForwardOptions, type ForwardStates, type SequenceInput } from "./causal-lm.js";
export { initializeParameters } from "./initialize.js";
export { KvCache } from "./kv-cache.js";
export { checkpointConfig, type LoadOptions, loadModel, loadParameters, type WeightDtype } from "./load.js";
export { bytesPerToken, PagePool } from "./page-pool.js";
export { RopeCache } from "./rope.js";
export { type SaveOptions, saveModel } from "./save.js";
export {
  type TrainingBatch,
  type TrainingForward,
  type TrainingOptions,
  trainingForward,
} from "./training-forward.js";
export { bindWeights, isMoe, type ModelWeights, type ParameterSpec, parameterSpecs } from "./weights.js";
