/** `log sum_i exp(x[at + i])` over `n` elements, in float64. */
export function logSumExp(x: ArrayLike<number>, at: number, n: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) max = Math.max(max, x[at + i]!);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.exp(x[at + i]! - max);
  return max + Math.log(sum);
}
