import type { Tensor } from "@cachalot/tensor";

/** How often each expert was chosen. experts `[rows, topK]`. */
export function expertLoad(experts: Tensor, count: number): Float64Array {
  const load = new Float64Array(count);
  for (const expert of experts.data) load[expert] = load[expert]! + 1;
  return load;
}

/** Adds a layer's load to the loads by layer. */
export function addLoad(loads: Float64Array[], layer: number, load: Float64Array): void {
  const total = loads[layer];
  if (total) for (const [i, value] of load.entries()) total[i] = total[i]! + value;
  else loads[layer] = load;
}

/**
 * Auxiliary-loss-free balancing: after each step the correction bias of every expert moves by `rate` towards equal load.
 * @returns the largest load over the mean (1 is perfect balance).
 */
export function balanceExperts(bias: Tensor, load: Float64Array, rate: number): number {
  const mean = load.reduce((sum, value) => sum + value, 0) / load.length;
  const values = bias.data;
  for (let i = 0; i < load.length; i++) values[i] = values[i]! + rate * Math.sign(mean - load[i]!);
  return Math.max(...load) / Math.max(mean, 1e-9);
}
