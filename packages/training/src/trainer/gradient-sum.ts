import { add, Context, type Device, type Tensor } from "@cachalot/tensor";

/** Gradient accumulation: the sum of the gradients of several backward passes, by parameter. */
export class GradientSum {
  readonly gradients = new Map<Tensor, Tensor>();

  constructor(private readonly device: Device) {}

  /** Adds what a backward pass made; its context may go afterwards. */
  add(ctx: Context, gradients: ReadonlyMap<Tensor, Tensor>): void {
    const adding = new Context(this.device);
    try {
      for (const [parameter, gradient] of gradients) {
        const sum = this.gradients.get(parameter);
        this.gradients.set(parameter, sum ? adding.keep(add(adding, sum, gradient)) : ctx.keep(gradient));
        sum?.dispose();
      }
    } finally {
      adding.dispose();
    }
  }

  dispose(): void {
    for (const gradient of this.gradients.values()) gradient.dispose();
    this.gradients.clear();
  }
}
