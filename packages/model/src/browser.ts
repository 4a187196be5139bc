/** Entry for pages: everything but what needs Node (writing checkpoints, GGUF, comparison with golden numbers). */
export { Checkpoint, openCheckpoint, type StoredTensor } from "./checkpoint/checkpoint.js";
export { bfloat16ToFloat32, float32ToBfloat16 } from "./checkpoint/convert.js";
export type { SafetensorsDtype } from "./checkpoint/dtypes.js";
export { type CheckpointManifest, MANIFEST, manifestSchema } from "./checkpoint/manifest.js";
export * from "./config/index.js";
export { ModelError, type ModelErrorCode } from "./errors.js";
export { inspectConfig, type ModelFacts } from "./inspect/inspect-config.js";
export * from "./network/common.js";
export * from "./source/index.js";
export * from "./tokenizer/index.js";
