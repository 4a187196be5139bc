import type { DType } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { OpDefinition } from "../op.js";
import type { Tensor } from "../tensor.js";
import type { Addon } from "./addon.js";
import { HostDevice } from "./host-device.js";

const dtypeCode: Readonly<Record<DType, number>> = { f32: 0, bf16: 1, f8e4m3: 2, i32: 3, u8: 4 };

/** C++ kernels on a thread pool. An op without a kernel is an error, never a silent slow path. */
export class CpuDevice extends HostDevice {
  readonly name = "cpu";
  private readonly kernels: ReadonlySet<string>;

  constructor(readonly addon: Addon) {
    super();
    this.kernels = new Set(addon.kernels);
  }

  protected execute<A>(
    op: OpDefinition<A>,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    attrs: A,
  ): void {
    if (!this.kernels.has(op.name))
      throw new TensorError("unsupported", `the cpu device has no kernel "${op.name}"; run \`npm run build\``);
    const reason = op.unsupportedReason?.(inputs, attrs);
    if (reason) throw new TensorError("unsupported", `${op.name} on cpu: ${reason}`);
    const tensors = [...inputs, ...outputs];
    const dims: number[] = [];
    for (const tensor of tensors) {
      if (tensor) dims.push(dtypeCode[tensor.dtype], tensor.shape.length, ...tensor.shape);
      else dims.push(-1, 0);
    }
    this.addon.run(
      op.name,
      tensors.map((tensor) => tensor?.data),
      inputs.length,
      Int32Array.from(dims),
      Float64Array.from(op.kernelAttributes(attrs)),
    );
  }
}
