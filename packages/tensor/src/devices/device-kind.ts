import type { Device } from "../device.js";

/** An entry of the registry of devices. */
export interface DeviceKind {
  readonly name: string;
  /** Why it cannot be used here and what would help; undefined when it can. */
  unavailableReason(): string | undefined;
  /** A new device with its own memory. Called only where there is no reason against it. */
  create(): Device;
  /** What must have been awaited before: a file fetched, an adapter asked for. Absent where a device needs nothing. */
  prepare?(): Promise<void>;
}
