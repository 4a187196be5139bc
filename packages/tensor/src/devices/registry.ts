import type { Device } from "../device.js";
import { TensorError } from "../errors.js";
import type { DeviceKind } from "./device-kind.js";

/** The kinds of device there are, the one to choose first in front, and how they are made. */
export class DeviceRegistry<Name extends string> {
  private warned = false;

  constructor(private readonly kinds: readonly (DeviceKind & { readonly name: Name })[]) {}

  get names(): readonly Name[] {
    return this.kinds.map(({ name }) => name);
  }

  /** Why a device cannot be used here; undefined when it can. */
  unavailableReason(name: Name): string | undefined {
    return this.kind(name).unavailableReason();
  }

  /**
   * A new device with its own memory.
   * @throws TensorError `device_unavailable` with the reason.
   */
  create(name: Name): Device {
    const kind = this.kind(name);
    const reason = kind.unavailableReason();
    if (reason === undefined) return kind.create();
    const others = this.names.filter((other) => other !== name && !this.unavailableReason(other));
    throw new TensorError(
      "device_unavailable",
      `device ${name} is unavailable: ${reason}. These work here: ${others.join(", ")}`,
    );
  }

  /** The first kind that works here; a line on stderr (once) when that is not the first there is. */
  createDefault(): Device {
    const kind = this.kinds.find((candidate) => candidate.unavailableReason() === undefined)!;
    const [first] = this.kinds;
    if (kind !== first && !this.warned)
      console.warn(`cachalot: using the slower ${kind.name} device (${first!.name}: ${first!.unavailableReason()})`);
    this.warned = true;
    return kind.create();
  }

  /**
   * Makes a device ready and opens it: by name, or the first that works.
   * @throws TensorError `device_unavailable` with the reason, when a name was given.
   */
  async open(name?: Name): Promise<Device> {
    for (const kind of name === undefined ? this.kinds : [this.kind(name)])
      try {
        await kind.prepare?.();
        if (kind.unavailableReason() === undefined) break;
      } catch (error) {
        if (name !== undefined) throw error;
      }
    return name === undefined ? this.createDefault() : this.create(name);
  }

  private kind(name: Name): DeviceKind {
    const kind = this.kinds.find((candidate) => candidate.name === name);
    if (kind) return kind;
    throw new TensorError("device_unavailable", `there is no device "${name}"; there are: ${this.names.join(", ")}`);
  }
}
