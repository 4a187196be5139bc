import type { Device } from "../device.js";
import { cpu } from "./cpu/index.js";
import { reference } from "./reference/index.js";
import { DeviceRegistry } from "./registry.js";
import { wasm } from "./wasm/index.js";

/** Devices in order of choice. */
const registry = new DeviceRegistry([cpu, wasm, reference]);

export type DeviceName = (typeof registry)["names"][number];

export const deviceNames: readonly DeviceName[] = registry.names;

/** Why a device cannot be used here; undefined when it can. */
export function unavailableReason(name: DeviceName): string | undefined {
  return registry.unavailableReason(name);
}

/**
 * A new device with its own memory.
 * @throws TensorError `device_unavailable` with the reason.
 */
export function createDevice(name: DeviceName): Device {
  return registry.create(name);
}

/** The first device that works here: cpu, wasm, reference. A line on stderr (once) when it is not the first. */
export function defaultDevice(): Device {
  return registry.createDefault();
}

export { cpuInstructionSet, setThreads } from "./cpu/index.js";
