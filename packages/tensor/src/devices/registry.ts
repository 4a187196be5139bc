import type { Device } from "../device.js";
import { TensorError } from "../errors.js";
import type { DeviceKind } from "./device-kind.js";

/** What a list of kinds of device offers. */
export interface Devices<Name extends string> {
  /** In order of choice. */
  readonly deviceNames: readonly Name[];
  /** Why a device cannot be used here; undefined when it can. */
  unavailableReason(name: Name): string | undefined;
  /**
   * A new device with its own memory.
   * @throws TensorError `device_unavailable` with the reason.
   */
  createDevice(name: Name): Device;
  /** The first device that works here; a line on stderr (once) when that is not the first there is. */
  defaultDevice(): Device;
  /**
   * Makes a device ready, where that needs waiting, and creates it: by name, or the first that works here.
   * @throws TensorError `device_unavailable` with the reason, when a name was given.
   */
  openDevice(name?: Name): Promise<Device>;
}

/** The devices of a list: the one to choose first stands in front, and the last works everywhere. */
export function devicesOf<Name extends string>(
  kinds: readonly (DeviceKind & { readonly name: Name })[],
): Devices<Name> {
  const names = kinds.map(({ name }) => name);
  let warned = false;

  const kindOf = (name: Name): DeviceKind => {
    const kind = kinds.find((candidate) => candidate.name === name);
    if (kind) return kind;
    throw new TensorError("device_unavailable", `there is no device "${name}"; there are: ${names.join(", ")}`);
  };

  const createDevice = (name: Name): Device => {
    const kind = kindOf(name);
    const reason = kind.unavailableReason();
    if (reason === undefined) return kind.create();
    const others = kinds.filter((other) => other !== kind && !other.unavailableReason()).map((other) => other.name);
    throw new TensorError(
      "device_unavailable",
      `device ${name} is unavailable: ${reason}. These work here: ${others.join(", ")}`,
    );
  };

  const defaultDevice = (): Device => {
    const kind = kinds.find((candidate) => candidate.unavailableReason() === undefined)!;
    const [first] = kinds;
    if (kind !== first && !warned)
      console.warn(`cachalot: using the slower ${kind.name} device (${first!.name}: ${first!.unavailableReason()})`);
    warned = true;
    return kind.create();
  };

  return {
    deviceNames: names,
    unavailableReason: (name) => kindOf(name).unavailableReason(),
    createDevice,
    defaultDevice,
    async openDevice(name) {
      if (name !== undefined) {
        await kindOf(name).prepare?.();
        return createDevice(name);
      }
      let failure: unknown;
      for (const kind of kinds) {
        await kind.prepare?.().catch((error: unknown) => {
          failure ??= error;
        });
        if (kind.unavailableReason() === undefined) break;
      }
      if (failure instanceof Error && !warned) console.warn(`cachalot: ${failure.message}`);
      return defaultDevice();
    },
  };
}
