import type { DType } from "./dtype.js";
import type { Shape } from "./shape.js";

/** What shape inference sees of a tensor. */
export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Numbers a reference implementation may read and write by index; Float64Array when gradients are checked. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array;

/** A tensor as a reference implementation sees it. */
export interface HostTensor extends TensorSpec {
  readonly data: NumericArray;
  /** See `Tensor`; absent where nobody watches the contents. */
  readonly version?: number;
  peek?(): NumericArray;
  proof?: IndexProof | undefined;
}

/** What is known of an index tensor: it holds as long as the versions of all that took part do. */
export interface IndexProof {
  readonly kind: string;
  readonly bound: number;
  readonly version: number;
  readonly others: readonly HostTensor[];
  readonly versions: readonly number[];
}

export interface KernelCall<A> {
  /** Absent optional inputs are undefined. */
  readonly inputs: readonly (HostTensor | undefined)[];
  readonly outputs: readonly HostTensor[];
  readonly attrs: A;
}

export interface Cost {
  /** Floating-point operations, a multiply-add counted as two. */
  flops: number;
  /** Bytes that must be read and written at least once. */
  bytes: number;
}

/** One operation as devices know it: signature, truth and cost. Kernels are found by `name` on each device. */
export interface Op<A> {
  readonly name: string;
  /** Validates shapes and dtypes and says what comes out. @throws TensorError `shape_mismatch`, `dtype_mismatch`. */
  infer(inputs: readonly (TensorSpec | undefined)[], attrs: A): readonly TensorSpec[];
  cost(inputs: readonly (TensorSpec | undefined)[], attrs: A): Cost;
  /** Largest allowed difference from the reference, relative to the reference's largest magnitude. */
  readonly tolerance: { readonly value: number; readonly gradient: number };
  /** The attributes as the native kernel reads them, in order. */
  kernelAttributes(attrs: A): readonly number[];
  /** Plain loops from the formula with float64 accumulation: the truth every device is held to. */
  reference(call: KernelCall<A>): void;
  /**
   * Proves the numbers in its inputs by which the op addresses memory: kernels check none. Every op with an i32 input has it, and every
   * device calls it before the op runs. It reads inputs by `peek`. @throws TensorError `index_out_of_range`, `not_a_number`.
   */
  proveIndices?(inputs: readonly (HostTensor | undefined)[], attrs: A): void;
  /**
   * Tells what its outputs are by construction, so that the ops they go to need not prove it: where conformance holds kernels to it
   * exactly. Called after the op ran.
   */
  knowOutputs?(inputs: readonly (HostTensor | undefined)[], outputs: readonly HostTensor[]): void;
  /** Why a device with kernels cannot run these inputs; undefined when it can. */
  unsupportedReason?(inputs: readonly (TensorSpec | undefined)[], attrs: A): string | undefined;
  /** Indices of inputs that are written in place. */
  readonly mutates?: readonly number[];
}
