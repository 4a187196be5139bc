export { Context, type ContextOptions } from "./context.js";
export type { Device } from "./device.js";
export {
  cpuInstructionSet,
  createDevice,
  type DeviceName,
  defaultDevice,
  deviceNames,
  setThreads,
  unavailableReason,
} from "./devices/index.js";
export { bytesPerElement, type DType, type HostArray, type HostArrays } from "./dtype.js";
export { TensorError, type TensorErrorCode } from "./errors.js";
export { checkpoint } from "./gradient-checkpointing.js";
export * from "./ops/index.js";
export { KEY_GROUP, PAGE_SIZE, type PagedRows } from "./paging.js";
export { quantizeRows, ROW_SCALE_BYTES } from "./quantized-rows.js";
export { Random } from "./random.js";
export { type Shape, sizeOf } from "./shape.js";
export { Tensor } from "./tensor.js";
