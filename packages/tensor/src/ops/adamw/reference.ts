import type { KernelCall } from "../../op.js";

export interface AdamwAttrs {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled: the parameter shrinks by `learningRate * weightDecay`. */
  weightDecay: number;
  /** From 1, for the bias correction. */
  step: number;
  /** Multiplies the gradient first: the clip. */
  gradientScale: number;
}

/** m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; w = w (1 - lr wd) - lr m^ / (sqrt(v^) + eps) */
export function adamwReference({ inputs, attrs }: KernelCall<AdamwAttrs>): void {
  const [w, m, v, gradient] = inputs.map((input) => input!.data) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const { learningRate, beta1, beta2, epsilon, weightDecay, step, gradientScale } = attrs;
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  for (let i = 0; i < w.length; i++) {
    const g = gradient[i]! * gradientScale;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const update = m[i]! / correction1 / (Math.sqrt(v[i]! / correction2) + epsilon);
    w[i] = w[i]! * (1 - learningRate * weightDecay) - learningRate * update;
  }
}
