import { bytesPerElement, type DType, type HostArrays, viewAs } from "./dtype.js";
import { TensorError } from "./errors.js";
import type { IndexProof, Op } from "./op-kernel.js";
import { type Shape, sizeOf } from "./shape.js";
import { type Block, type MemoryUse, type Storage, UNWATCHED } from "./storage.js";

/**
 * Memory and dispatch; a device knows nothing of models. Its memory is opaque: what is above it makes tensors, runs ops,
 * copies between tensors and awaits what it wants to see. Ops of one device take effect in the order they were dispatched.
 */
export interface Device {
  readonly name: string;
  readonly pool: MemoryUse;
  /**
   * For work that asks for the same sizes over and over: how many bytes may wait for reuse above the most that was ever in use at
   * once. Absent where the device decides alone.
   */
  keepIdle?(bytes: number): void;
  /** A tensor with undefined contents. */
  empty<D extends DType>(dtype: D, shape: Shape): Tensor<D>;
  /** A tensor with a copy of `data`. */
  from<D extends DType>(dtype: D, shape: Shape, data: ArrayLike<number>): Tensor<D>;
  /** A copy of the elements on the host, once every op before has run. The tensor may be disposed meanwhile. */
  read<D extends DType>(tensor: Tensor<D>): Promise<HostArrays[D]>;
  /** Writes the elements of one tensor over those of another of the same dtype and size, both of this device. */
  copy(from: Tensor, to: Tensor): void;
  /** Runs an op; outputs are allocated by the caller. */
  dispatch<A>(op: Op<A>, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[], attrs: A): void;
  /** Fill outputs with NaN (or -2^31) before each kernel, so that an unwritten element shows. For tests. */
  poison: boolean;
}

let nextId = 1;

/**
 * A dense row-major array on a device. Lifetimes are explicit: whoever creates a tensor disposes it, usually
 * through the `Context` it was made in. Views (`reshape`, `rows`) share memory and are disposed on their own.
 */
export class Tensor<D extends DType = DType> {
  readonly id = nextId++;
  /** Gradients flow to this tensor (a parameter) or through it (computed from one). */
  requiresGrad = false;
  disposed = false;
  /** For `indices.ts` alone. */
  proof: IndexProof | undefined;
  private view: HostArrays[D] | undefined;

  constructor(
    readonly device: Device,
    readonly dtype: D,
    readonly shape: Shape,
    /** For the device alone. */
    readonly storage: Storage,
    /** Where the first element lies in the storage. For the device alone. */
    readonly byteOffset = 0,
  ) {}

  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * The elements in host memory, a view without a copy: for training and tests on host devices. Valid until the tensor is
   * disposed or, on a device whose memory grows, another tensor is made: ask again rather than keep it. Code that is to run
   * on every device awaits `device.read(tensor)` instead.
   * @throws TensorError `unsupported` on a device whose memory the host does not see.
   */
  get data(): HostArrays[D] {
    this.storage.writes = UNWATCHED;
    return this.peek();
  }

  /** The elements in host memory, not to be written to: for devices and proofs, who know by `version` when they change. */
  peek(): HostArrays[D] {
    const block = this.hostBlock();
    if (this.view?.buffer !== block.buffer)
      this.view = viewAs(this.dtype, block.buffer, block.byteOffset + this.byteOffset, this.size);
    return this.view;
  }

  /** Another number whenever its contents may have changed; `UNWATCHED` where that cannot be known. */
  get version(): number {
    return this.storage.writes;
  }

  /** Where the first element lies, for native code. `addressOf` is asked once for each piece of memory. */
  address(addressOf: (block: Block) => number): number {
    const block = this.hostBlock();
    block.address ??= addressOf(block);
    return block.address + this.byteOffset;
  }

  private hostBlock(): Block {
    this.requireLife();
    const { block } = this.storage;
    if (block) return block;
    throw new TensorError(
      "unsupported",
      `tensor [${this.shape}] is in the memory of ${this.device.name}, not the host's; await device.read(tensor)`,
    );
  }

  private requireLife(): void {
    if (!this.disposed) return;
    throw new TensorError(
      "disposed",
      `tensor [${this.shape}] was disposed; keep it (ctx.keep) if it must outlive its context`,
    );
  }

  /** The same elements under another shape of equal size. */
  reshape(shape: Shape): Tensor<D> {
    if (sizeOf(shape) !== this.size)
      throw new TensorError("shape_mismatch", `cannot reshape [${this.shape}] to [${shape}]: sizes differ`);
    return this.alias(shape, 0);
  }

  /** Rows `[start, start + count)` of the first dimension, sharing memory. */
  rows(start: number, count: number): Tensor<D> {
    const first = this.shape[0] ?? 0;
    if (start < 0 || count < 0 || start + count > first)
      throw new TensorError(
        "shape_mismatch",
        `rows ${start}..${start + count} are outside the ${first} rows there are`,
      );
    const rowSize = this.size / Math.max(first, 1);
    return this.alias([count, ...this.shape.slice(1)], start * rowSize * bytesPerElement[this.dtype]);
  }

  private alias(shape: Shape, offset: number): Tensor<D> {
    this.requireLife();
    return new Tensor(this.device, this.dtype, shape, this.storage.retain(), this.byteOffset + offset);
  }

  /** Gives the memory back. Idempotent. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.view = undefined;
    this.storage.release();
  }
}
