import { createDevice, type Device, type DeviceName, defaultDevice } from "@cachalot/tensor";
import { Option } from "commander";

export function deviceOption(): Option {
  return new Option("--device <name>", "where to compute (default: cpu, or reference without a native addon)").choices([
    "cpu",
    "reference",
  ]);
}

/** @throws TensorError `device_unavailable` when the named device cannot be used here. */
export function selectDevice(name: string | undefined): Device {
  return name === undefined ? defaultDevice() : createDevice(name as DeviceName);
}
