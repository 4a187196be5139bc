import type { OpContext } from "./op.js";
import { accumulate } from "./ops/accumulate/op.js";
import type { Tensor } from "./tensor.js";

/** Gradients so far, by tensor. A second one for the same tensor is added in place. */
export class Gradients {
  private readonly byTensor = new Map<Tensor, Tensor>();
  /** Gradients whose memory another one shares: copied before they are written to. */
  private readonly aliased = new Set<Tensor>();

  constructor(private readonly ctx: OpContext) {}

  get(tensor: Tensor): Tensor | undefined {
    return this.byTensor.get(tensor);
  }

  entries(): Iterable<[Tensor, Tensor]> {
    return this.byTensor.entries();
  }

  /** Takes over `gradient`. */
  add(tensor: Tensor, gradient: Tensor): void {
    if (!this.byTensor.has(tensor)) {
      this.byTensor.set(tensor, gradient);
      return;
    }
    accumulate(this.ctx, this.writable(tensor), gradient);
    this.ctx.release(gradient);
  }

  /** Adds a gradient that stays somebody else's. */
  addAlias(tensor: Tensor, gradient: Tensor): void {
    if (this.byTensor.has(tensor)) {
      accumulate(
        this.ctx,
        this.writable(tensor),
        gradient.shape === tensor.shape ? gradient : this.view(gradient, tensor),
      );
      return;
    }
    const view = this.view(gradient, tensor);
    this.byTensor.set(tensor, view);
    this.aliased.add(view);
  }

  drop(tensor: Tensor): void {
    const gradient = this.byTensor.get(tensor);
    if (!gradient) return;
    this.byTensor.delete(tensor);
    this.aliased.delete(gradient);
    this.ctx.release(gradient);
  }

  private view(gradient: Tensor, like: Tensor): Tensor {
    return this.ctx.own(gradient.reshape(like.shape));
  }

  private writable(tensor: Tensor): Tensor {
    const existing = this.byTensor.get(tensor)!;
    if (!this.aliased.has(existing)) return existing;
    const copy = this.ctx.own(this.ctx.device.empty("f32", existing.shape));
    this.ctx.device.copy(existing, copy);
    this.byTensor.set(tensor, copy);
    this.aliased.delete(existing);
    this.ctx.release(existing);
    return copy;
  }
}
