import { createDevice, type Device, type DeviceName, defaultDevice } from "@cachalot/tensor";

/** @throws TensorError `device_unavailable` when the named device cannot be used here. */
export function selectDevice(name: DeviceName | undefined): Device {
  return name === undefined ? defaultDevice() : createDevice(name);
}
