import type { DType } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { OpDefinition } from "../op.js";
import type { Block, Memory } from "../storage.js";
import type { Tensor } from "../tensor.js";
import { HostDevice } from "./host-device.js";

const dtypeCode: Readonly<Record<DType, number>> = { f32: 0, bf16: 1, f8e4m3: 2, i32: 3, u8: 4 };

/** Numbers that describe the largest call: many weights at once make the longest ones. */
export const FRAME_LENGTH = 4096;

/**
 * A device that runs the C++ kernels, wherever they were compiled to. A call is described as numbers in one array, the frame
 * (`decode_call` in native/kernel_host.h reads it). An op without a kernel is an error, never a silent slow path.
 */
export abstract class KernelDevice extends HostDevice {
  private readonly kernels: ReadonlyMap<string, number>;

  constructor(names: readonly string[], memory?: Memory) {
    super(memory);
    this.kernels = new Map(names.map((name, index) => [name, index]));
  }

  /** Where calls are described: at least `FRAME_LENGTH` numbers. */
  protected abstract get frame(): Float64Array;
  /** Runs the call in the frame. */
  protected abstract run(length: number): void;
  /** Where a block lies for the kernels. */
  protected abstract readonly addressOf: (block: Block) => number;

  protected execute<A>(
    op: OpDefinition<A>,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    attrs: A,
  ): void {
    const kernel = this.kernels.get(op.name);
    if (kernel === undefined)
      throw new TensorError(
        "unsupported",
        `the ${this.name} device has no kernel "${op.name}"; build the kernels anew (docs/guides/add-an-op.md)`,
      );
    const reason = op.unsupportedReason?.(inputs, attrs);
    if (reason) throw new TensorError("unsupported", `${op.name} on ${this.name}: ${reason}`);
    const { frame } = this;
    const attributes = op.kernelAttributes(attrs);
    frame[0] = kernel;
    frame[1] = inputs.length;
    frame[2] = inputs.length + outputs.length;
    frame[3] = attributes.length;
    let at = 4;
    for (let i = 0; i < attributes.length; i++) frame[at++] = attributes[i]!;
    for (let i = 0; i < inputs.length; i++) at = this.describe(frame, inputs[i], at);
    for (let i = 0; i < outputs.length; i++) at = this.describe(frame, outputs[i], at);
    if (at > FRAME_LENGTH)
      throw new TensorError("unsupported", `${op.name} has too many tensors for one call; split it`);
    this.run(at);
  }

  /** @returns where the next tensor is described */
  private describe(frame: Float64Array, tensor: Tensor | undefined, at: number): number {
    if (tensor === undefined) {
      frame[at] = -1;
      frame[at + 1] = 0;
      return at + 3;
    }
    const { shape } = tensor;
    frame[at++] = dtypeCode[tensor.dtype];
    frame[at++] = shape.length;
    for (let d = 0; d < shape.length; d++) frame[at++] = shape[d]!;
    frame[at++] = tensor.address(this.addressOf);
    return at;
  }
}
