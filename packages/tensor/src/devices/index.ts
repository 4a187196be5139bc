import type { Device, DeviceName } from "../device.js";
import { TensorError } from "../errors.js";
import { loadAddon } from "./addon.js";
import { CpuDevice } from "./cpu.js";
import { ReferenceDevice } from "./reference.js";

/** Why a device cannot be used here; undefined when it can. */
export function unavailableReason(name: DeviceName): string | undefined {
  if (name === "reference") return undefined;
  const result = loadAddon();
  return "reason" in result ? result.reason : undefined;
}

/**
 * A new device with its own memory pool.
 * @throws TensorError `device_unavailable` with the reason.
 */
export function createDevice(name: DeviceName): Device {
  if (name === "reference") return new ReferenceDevice();
  const result = loadAddon();
  if ("reason" in result)
    throw new TensorError(
      "device_unavailable",
      `device cpu is unavailable: ${result.reason}. Use --device reference, which needs no compiler`,
    );
  return new CpuDevice(result.addon);
}

let warned = false;

/** `cpu` where it works, else `reference` with one warning on stderr. */
export function defaultDevice(): Device {
  const reason = unavailableReason("cpu");
  if (!reason) return createDevice("cpu");
  if (!warned) process.stderr.write(`cachalot: using the slow reference device (${reason})\n`);
  warned = true;
  return createDevice("reference");
}

/** Number of kernel threads of the cpu device, process-wide. No effect on the reference device. */
export function setThreads(count: number): void {
  const result = loadAddon();
  if ("addon" in result) result.addon.setThreads(count);
}

/** The instruction set the cpu device runs on this machine, or undefined where it is unavailable. */
export function cpuInstructionSet(): string | undefined {
  const result = loadAddon();
  return "addon" in result ? result.addon.isa : undefined;
}
