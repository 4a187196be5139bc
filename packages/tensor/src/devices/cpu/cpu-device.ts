import type { Block } from "../../storage.js";
import { FRAME_LENGTH, KernelDevice } from "../kernel-device.js";
import type { Addon } from "./addon.js";

/** The kernels in native code on a thread pool, compiled for each instruction set and chosen at run time. */
export class CpuDevice extends KernelDevice {
  readonly name = "cpu";
  protected readonly frame = new Float64Array(FRAME_LENGTH);
  protected readonly addressOf: (block: Block) => number;

  constructor(readonly addon: Addon) {
    super(addon.kernels);
    this.addressOf = ({ buffer, byteOffset }) => addon.addressOf(buffer) + byteOffset;
  }

  protected run(): void {
    this.addon.run(this.frame);
  }
}
