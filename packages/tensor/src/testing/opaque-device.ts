import { type Device, requireSameElements } from "../device.js";
import type { DType, HostArrays } from "../dtype.js";
import type { OpDefinition } from "../op.js";
import type { Shape } from "../shape.js";
import { type MemoryUse, type Storage, UNWATCHED } from "../storage.js";
import { Tensor } from "../tensor.js";

/** Memory of the device behind; what is above sees none of it. */
class OpaqueStorage implements Storage {
  readonly block = undefined;
  writes = UNWATCHED;

  constructor(readonly hidden: Storage) {}

  retain(): this {
    this.hidden.retain();
    return this;
  }

  release(): void {
    this.hidden.release();
  }
}

/**
 * A host device behind a wall, as a GPU is: no tensor of it lies in host memory, and reading takes until a later turn of the
 * event loop. For tests that code reaches a device's memory by no other way than `read`, `from` and `copy`.
 */
export class OpaqueDevice implements Device {
  readonly name = "opaque";
  readonly pool: MemoryUse;

  constructor(private readonly behind: Device) {
    this.pool = behind.pool;
  }

  get poison(): boolean {
    return this.behind.poison;
  }

  set poison(value: boolean) {
    this.behind.poison = value;
  }

  empty<D extends DType>(dtype: D, shape: Shape): Tensor<D> {
    return this.hide(this.behind.empty(dtype, shape));
  }

  from<D extends DType>(dtype: D, shape: Shape, data: ArrayLike<number>): Tensor<D> {
    return this.hide(this.behind.from(dtype, shape, data));
  }

  async read<D extends DType>(tensor: Tensor<D>): Promise<HostArrays[D]> {
    // What later ops write is not seen, as in a queue.
    const values = await this.behind.read(this.seek(tensor));
    await new Promise((resolve) => setTimeout(resolve, 0));
    return values;
  }

  copy(from: Tensor, to: Tensor): void {
    requireSameElements(from, to);
    this.behind.copy(this.seek(from), this.seek(to));
  }

  dispatch<A>(
    op: OpDefinition<A>,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    attrs: A,
  ): void {
    this.behind.dispatch(
      op,
      inputs.map((input) => input && this.seek(input)),
      outputs.map((output) => this.seek(output)),
      attrs,
    );
  }

  private hide<D extends DType>({ dtype, shape, storage }: Tensor<D>): Tensor<D> {
    return new Tensor(this, dtype, shape, new OpaqueStorage(storage));
  }

  private seek<D extends DType>({ dtype, shape, storage, byteOffset, disposed }: Tensor<D>): Tensor<D> {
    const hidden = new Tensor(this.behind, dtype, shape, (storage as OpaqueStorage).hidden, byteOffset);
    hidden.disposed = disposed;
    return hidden;
  }
}
