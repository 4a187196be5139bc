import type { ParameterSpec } from "@cachalot/model";
import { adamw, type Context, type Device, sumSquares, type Tensor } from "@cachalot/tensor";
import type { OptimizerOptions } from "./options.js";

/** First and second moment of one parameter. */
export interface Moments {
  m: Tensor;
  v: Tensor;
}

/** AdamW with a global gradient clip. Matrices decay; norms, biases and embeddings do not. */
export class AdamW {
  readonly moments = new Map<string, Moments>();
  /** Updates made so far, for the bias correction. */
  step = 0;

  constructor(
    device: Device,
    specs: readonly ParameterSpec[],
    private readonly parameters: ReadonlyMap<string, Tensor>,
    private readonly options: OptimizerOptions,
  ) {
    this.decays = new Set(specs.filter((spec) => spec.kind === "matrix").map((spec) => spec.name));
    for (const { name, shape } of specs) {
      const m = device.empty("f32", shape);
      const v = device.empty("f32", shape);
      m.data.fill(0);
      v.data.fill(0);
      this.moments.set(name, { m, v });
    }
  }

  private readonly decays: ReadonlySet<string>;

  /** Applies one update and returns the gradient norm before clipping. Parameters without a gradient stay. */
  update(ctx: Context, gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): number {
    const named = [...this.moments].flatMap(([name, moments]) => {
      const parameter = this.parameters.get(name)!;
      const gradient = gradients.get(parameter);
      return gradient ? [{ name, parameter, gradient, ...moments }] : [];
    });
    let squares = 0;
    for (const { gradient } of named) squares += sumSquares(ctx, gradient).data[0]!;
    const norm = Math.sqrt(squares);
    if (!Number.isFinite(norm)) return norm;
    this.step++;
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = this.options;
    const gradientScale = norm > clipNorm ? clipNorm / norm : 1;
    for (const { name, parameter, gradient, m, v } of named)
      adamw(ctx, parameter, m, v, gradient, {
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay: this.decays.has(name) ? weightDecay : 0,
        step: this.step,
        gradientScale,
      });
    return norm;
  }

  dispose(): void {
    for (const { m, v } of this.moments.values()) {
      m.dispose();
      v.dispose();
    }
  }
}
