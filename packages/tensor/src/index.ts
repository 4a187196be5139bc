export * from "./common.js";
export {
  cpuInstructionSet,
  createDevice,
  type DeviceName,
  defaultDevice,
  deviceNames,
  openDevice,
  setThreads,
  unavailableReason,
} from "./devices/index.js";
