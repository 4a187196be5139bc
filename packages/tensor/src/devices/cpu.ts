import type { DType } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { OpDefinition } from "../op.js";
import type { Tensor } from "../tensor.js";
import type { Addon } from "./addon.js";
import { HostDevice } from "./host-device.js";

const dtypeCode: Readonly<Record<DType, number>> = { f32: 0, bf16: 1, f8e4m3: 2, i32: 3, u8: 4 };

/** Numbers that describe the largest call: many weights at once make the longest ones. */
const FRAME = 4096;

/** C++ kernels on a thread pool. An op without a kernel is an error, never a silent slow path. */
export class CpuDevice extends HostDevice {
  readonly name = "cpu";
  private readonly kernels: ReadonlyMap<string, number>;
  private readonly frame = new Float64Array(FRAME);
  private readonly addressOf: (buffer: ArrayBuffer) => number;

  constructor(readonly addon: Addon) {
    super();
    this.kernels = new Map(addon.kernels.map((name, index) => [name, index]));
    this.addressOf = (buffer) => addon.addressOf(buffer);
  }

  protected execute<A>(
    op: OpDefinition<A>,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    attrs: A,
  ): void {
    const kernel = this.kernels.get(op.name);
    if (kernel === undefined)
      throw new TensorError("unsupported", `the cpu device has no kernel "${op.name}"; run \`npm run build\``);
    const reason = op.unsupportedReason?.(inputs, attrs);
    if (reason) throw new TensorError("unsupported", `${op.name} on cpu: ${reason}`);
    const { frame } = this;
    const attributes = op.kernelAttributes(attrs);
    frame[0] = kernel;
    frame[1] = inputs.length;
    frame[2] = inputs.length + outputs.length;
    frame[3] = attributes.length;
    let at = 4;
    for (let i = 0; i < attributes.length; i++) frame[at++] = attributes[i]!;
    for (let i = 0; i < inputs.length; i++) at = this.describe(inputs[i], at);
    for (let i = 0; i < outputs.length; i++) at = this.describe(outputs[i], at);
    if (at > FRAME) throw new TensorError("unsupported", `${op.name} has too many tensors for one call; split it`);
    this.addon.run(frame);
  }

  /** @returns where the next tensor is described */
  private describe(tensor: Tensor | undefined, at: number): number {
    const { frame } = this;
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
