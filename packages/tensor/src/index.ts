export { Context, type ContextOptions } from "./context.js";
export type { Device, DeviceName } from "./device.js";
export { cpuInstructionSet, createDevice, defaultDevice, setThreads, unavailableReason } from "./devices/index.js";
export { bytesPerElement, type DType, type HostArray, type HostArrays } from "./dtype.js";
export { TensorError, type TensorErrorCode } from "./errors.js";
export * from "./ops/index.js";
export { Random } from "./random.js";
export { type Shape, sizeOf } from "./shape.js";
export { Tensor } from "./tensor.js";
