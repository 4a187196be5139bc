import { type Device, poisonArray, requireSameElements } from "../device.js";
import { bytesPerElement, type DType, type HostArrays } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { OpDefinition } from "../op.js";
import { type Shape, sizeOf } from "../shape.js";
import { countWrite, type Memory, StoragePool } from "../storage.js";
import { Tensor } from "../tensor.js";

/** What the devices in host memory share: pooled allocation and poisoning. */
export abstract class HostDevice implements Device {
  abstract readonly name: string;
  readonly pool: StoragePool;
  poison = false;

  constructor(memory?: Memory) {
    this.pool = new StoragePool(memory);
  }

  keepIdle(bytes: number): void {
    this.pool.keepIdle(bytes);
  }

  empty<D extends DType>(dtype: D, shape: Shape): Tensor<D> {
    return new Tensor(this, dtype, shape, this.pool.acquire(sizeOf(shape) * bytesPerElement[dtype]));
  }

  from<D extends DType>(dtype: D, shape: Shape, data: ArrayLike<number>): Tensor<D> {
    if (data.length !== sizeOf(shape))
      throw new TensorError("shape_mismatch", `${data.length} values do not fill shape [${shape}]`);
    const tensor = this.empty(dtype, shape);
    tensor.peek().set(data);
    return tensor;
  }

  async read<D extends DType>(tensor: Tensor<D>): Promise<HostArrays[D]> {
    return tensor.peek().slice() as HostArrays[D];
  }

  copy(from: Tensor, to: Tensor): void {
    requireSameElements(from, to);
    countWrite(to.storage);
    to.peek().set(from.peek());
  }

  dispatch<A>(
    op: OpDefinition<A>,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    attrs: A,
  ): void {
    op.proveIndices?.(inputs, attrs);
    for (const output of outputs) countWrite(output.storage);
    if (op.mutates) for (const i of op.mutates) if (inputs[i]) countWrite(inputs[i].storage);
    if (this.poison) for (const output of outputs) poisonArray(output.dtype, output.peek());
    this.execute(op, inputs, outputs, attrs);
    op.knowOutputs?.(inputs, outputs);
  }

  protected abstract execute<A>(
    op: OpDefinition<A>,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    attrs: A,
  ): void;
}
