/** Entry for pages: everything but what needs Node. */
export * from "./common.js";
export {
  createDevice,
  type DeviceName,
  defaultDevice,
  deviceNames,
  openDevice,
  setKernelsAddress,
  unavailableReason,
} from "./devices/browser.js";
