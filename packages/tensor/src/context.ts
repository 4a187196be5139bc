import type { Device } from "./device.js";
import type { DType } from "./dtype.js";
import type { OpContext, OpDefinition } from "./op.js";
import type { Shape } from "./shape.js";
import { Tape } from "./tape.js";
import type { Tensor } from "./tensor.js";

export interface ContextOptions {
  /** Record ops, so that `backward` can run. Default false. */
  recording?: boolean;
}

/**
 * Where ops run and who owns what they make: every tensor created through a context is disposed with it, unless kept.
 * Passed explicitly; there is no global one.
 */
export class Context implements OpContext {
  readonly tape: Tape | undefined;
  private readonly owned = new Set<Tensor>();

  constructor(
    readonly device: Device,
    options: ContextOptions = {},
  ) {
    this.tape = options.recording ? new Tape() : undefined;
  }

  /** Runs an op and returns its outputs, owned by this context. */
  run<A>(op: OpDefinition<A>, inputs: readonly (Tensor | undefined)[], attrs: A): readonly Tensor[] {
    const specs = op.infer(inputs, attrs);
    const outputs = specs.map((spec) => this.own(this.device.empty(spec.dtype, spec.shape)));
    this.device.dispatch(op, inputs, outputs, attrs);
    if (this.tape && op.gradient && inputs.some((input) => input?.requiresGrad)) {
      for (const output of outputs) output.requiresGrad = output.dtype === "f32";
      this.tape.record({ op, inputs, outputs, attrs });
    }
    return outputs;
  }

  /** Runs an op with one output. */
  run1<A>(op: OpDefinition<A>, inputs: readonly (Tensor | undefined)[], attrs: A): Tensor {
    return this.run(op, inputs, attrs)[0]!;
  }

  /** The same elements under another shape. Gradients pass through. */
  reshape<D extends DType>(tensor: Tensor<D>, shape: Shape): Tensor<D> {
    const view = this.own(tensor.reshape(shape));
    if (this.tape && tensor.requiresGrad) {
      view.requiresGrad = true;
      this.tape.recordReshape(tensor, view);
    }
    return view;
  }

  /** A view of the tensor through which no gradient flows. */
  detach<D extends DType>(tensor: Tensor<D>): Tensor<D> {
    return this.own(tensor.reshape(tensor.shape));
  }

  from<D extends DType>(dtype: D, shape: Shape, data: ArrayLike<number>): Tensor<D> {
    return this.own(this.device.from(dtype, shape, data));
  }

  /** Takes ownership of a tensor made elsewhere. */
  own<T extends Tensor>(tensor: T): T {
    this.owned.add(tensor);
    return tensor;
  }

  /** The tensor outlives this context; the caller disposes it. */
  keep<T extends Tensor>(tensor: T): T {
    this.owned.delete(tensor);
    return tensor;
  }

  /** Disposes one tensor early. */
  release(tensor: Tensor): void {
    if (this.owned.delete(tensor)) tensor.dispose();
  }

  /**
   * Runs `body` and disposes everything it made but what it returns. Does nothing special while recording, since
   * the tape needs the intermediate values.
   */
  scope<T extends Tensor | readonly Tensor[]>(body: (ctx: Context) => T): T {
    if (this.tape) return body(this);
    const inner = new Context(this.device);
    try {
      const result = body(inner);
      for (const tensor of Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor])
        if (inner.owned.has(tensor)) this.own(inner.keep(tensor));
      return result;
    } finally {
      inner.dispose();
    }
  }

  /**
   * Gradients of `loss` (sum of its elements) by every parameter it depends on. Activations are disposed on the way.
   * The gradients are owned by this context; `keep` those that must outlive it.
   */
  backward(loss: Tensor): Map<Tensor, Tensor> {
    if (!this.tape) throw new Error("backward needs a recording context: new Context(device, { recording: true })");
    // Gradient ops are not recorded themselves: they run in a plain context whose results move to this one.
    const plain = new Context(this.device);
    try {
      return this.tape.backward(this, plain, loss);
    } finally {
      plain.dispose();
    }
  }

  dispose(): void {
    for (const tensor of this.owned) tensor.dispose();
    this.owned.clear();
    this.tape?.clear();
  }
}
