import { TensorError } from "../../errors.js";
import type { Block } from "../../storage.js";
import { FRAME_LENGTH, KernelDevice } from "../kernel-device.js";
import { instantiate, type KernelModule, textAt, webAssembly } from "./kernel-module.js";
import { WasmMemory } from "./wasm-memory.js";

/**
 * The kernels in WebAssembly (SIMD128) on one thread, with a memory of their own of at most 4 GiB. Runs wherever JavaScript
 * does, and gives the same bits everywhere.
 */
export class WasmDevice extends KernelDevice {
  readonly name = "wasm";
  protected readonly addressOf = ({ byteOffset }: Block) => byteOffset;
  private readonly frameAddress: number;
  private frameView: Float64Array;

  private constructor(
    private readonly module: KernelModule,
    private readonly memory: WasmMemory,
  ) {
    super(textAt(module, module.kernelNames()).trim().split("\n"), memory);
    this.frameAddress = memory.allocate(8 * FRAME_LENGTH).byteOffset;
    this.frameView = this.viewFrame();
  }

  /** @param module the compiled `kernels.wasm`; each device has its own instance of it */
  static of(module: object): WasmDevice {
    const kernels = instantiate(module);
    return new WasmDevice(kernels, new WasmMemory(kernels));
  }

  protected get frame(): Float64Array {
    // The memory may have grown since the last call.
    if (this.frameView.buffer !== this.module.memory.buffer) this.frameView = this.viewFrame();
    return this.frameView;
  }

  private viewFrame(): Float64Array {
    return new Float64Array(this.module.memory.buffer, this.frameAddress, FRAME_LENGTH);
  }

  protected run(length: number): void {
    let wrong: number;
    try {
      wrong = this.module.run(this.frameAddress, length);
    } catch (error) {
      // The only trap a kernel sets itself: its scratch memory could not be had.
      if (error instanceof webAssembly!.RuntimeError && error.message.includes("unreachable"))
        throw this.memory.full("a kernel's scratch memory");
      throw error;
    }
    if (wrong !== 0) throw new TensorError("unsupported", textAt(this.module, wrong));
  }
}
