/**
 * Rotates `x` in place by the orthonormal Walsh-Hadamard matrix of the largest power of two that divides its length, block
 * by block. Dot products of two rotated vectors are those of the vectors; a single large entry is spread over the block.
 */
function hadamard(x: Float64Array): void {
  let block = 1;
  while (x.length % (2 * block) === 0) block *= 2;
  for (let half = 1; half < block; half *= 2)
    for (let i = 0; i < x.length; i++) {
      if (i & half) continue;
      const [a, b] = [x[i]!, x[i + half]!];
      x[i] = a + b;
      x[i + half] = a - b;
    }
  const norm = 1 / Math.sqrt(block);
  for (let i = 0; i < x.length; i++) x[i] = x[i]! * norm;
}

/** A rotated vector as integers of magnitude at most 127, times a scale. */
export function quantizeRotated(values: ArrayLike<number>): { integers: Int8Array; scale: number } {
  const x = Float64Array.from(values);
  hadamard(x);
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest / 127;
  return { integers: Int8Array.from(x, (value) => (largest === 0 ? 0 : Math.round(value / scale))), scale };
}
