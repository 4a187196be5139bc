export { Checkpoint, openCheckpoint, type StoredTensor } from "./checkpoint.js";
export { bfloat16ToFloat32, float32ToBfloat16 } from "./convert.js";
export type { SafetensorsDtype } from "./dtypes.js";
export { type DeferredTensor, type WritableTensor, writeCheckpoint, writeSafetensors } from "./write.js";
