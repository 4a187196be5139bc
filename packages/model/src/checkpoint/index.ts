export { Checkpoint, openCheckpoint, type StoredTensor } from "./checkpoint.js";
export { bfloat16ToFloat32, float32ToBfloat16 } from "./convert.js";
export type { SafetensorsDtype } from "./dtypes.js";
export { type CheckpointManifest, MANIFEST, manifestSchema } from "./manifest.js";
export { type DeferredTensor, type WritableTensor, writeSafetensors } from "./write.js";
export { writeCheckpoint } from "./write-checkpoint.js";
export { writeManifest } from "./write-manifest.js";
