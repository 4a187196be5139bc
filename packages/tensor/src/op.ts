import type { DType } from "./dtype.js";
import type { Op } from "./op-kernel.js";
import type { Shape } from "./shape.js";
import type { Device, Tensor } from "./tensor.js";

export type { HostTensor, KernelCall, NumericArray, TensorSpec } from "./op-kernel.js";

/** What derivatives are made in: of a `Context`, what runs ops and owns tensors. */
export interface OpContext {
  readonly device: Device;
  run<A>(op: OpDefinition<A>, inputs: readonly (Tensor | undefined)[], attrs: A): readonly Tensor[];
  run1<A>(op: OpDefinition<A>, inputs: readonly (Tensor | undefined)[], attrs: A): Tensor;
  reshape<D extends DType>(tensor: Tensor<D>, shape: Shape): Tensor<D>;
  from<D extends DType>(dtype: D, shape: Shape, data: ArrayLike<number>): Tensor<D>;
  own<T extends Tensor>(tensor: T): T;
  keep<T extends Tensor>(tensor: T): T;
  release(tensor: Tensor): void;
  dispose(): void;
}

export interface GradientCall<A> {
  readonly ctx: OpContext;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  /** Gradient of the loss by each output; undefined where none arrived. */
  readonly outputGradients: readonly (Tensor | undefined)[];
  readonly attrs: A;
  /** Which inputs want a gradient. */
  readonly needs: readonly boolean[];
}

/** One operation: what devices know of it, and its derivative. */
export interface OpDefinition<A> extends Op<A> {
  /** Vector-Jacobian product, in terms of ops. Absent: no gradient flows through this op. */
  gradient?(call: GradientCall<A>): readonly (Tensor | undefined)[];
}

/** The attributes of an op that has none. */
export type NoAttrs = Record<string, never>;

/** Identity, so that an op's attribute type is inferred where it is defined. */
export function defineOp<A>(definition: OpDefinition<A>): OpDefinition<A> {
  return definition;
}
