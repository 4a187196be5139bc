import type { DeviceKind } from "../device-kind.js";
import { type Addon, loadAddon } from "./addon.js";
import { CpuDevice } from "./cpu-device.js";

export const cpu = {
  name: "cpu",
  unavailableReason() {
    const result = loadAddon();
    return "reason" in result ? result.reason : undefined;
  },
  create: () => new CpuDevice((loadAddon() as { addon: Addon }).addon),
} as const satisfies DeviceKind;

/** Number of kernel threads of the cpu device, process-wide. No effect on other devices. */
export function setThreads(count: number): void {
  const result = loadAddon();
  if ("addon" in result) result.addon.setThreads(count);
}

/** The instruction set the cpu device runs on this machine, or undefined where it is unavailable. */
export function cpuInstructionSet(): string | undefined {
  const result = loadAddon();
  return "addon" in result ? result.addon.isa : undefined;
}
