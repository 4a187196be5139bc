import { TensorError } from "./errors.js";

export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The dimension at `axis`; negative axes count from the end. */
export function dimAt(shape: Shape, axis: number): number {
  const dim = shape.at(axis);
  if (dim === undefined)
    throw new TensorError("shape_mismatch", `axis ${axis} is outside shape [${shape}]; pass an axis the tensor has`);
  return dim;
}

/** Product of every dimension before the last `trailing` ones: how many rows a kernel loops over. */
export function rowsOf(shape: Shape, trailing = 1): number {
  return sizeOf(shape.slice(0, shape.length - trailing));
}

/** Throws `shape_mismatch` with the op's name unless `condition` holds. */
export function requireShape(condition: boolean, op: string, detail: string): asserts condition {
  if (!condition) throw new TensorError("shape_mismatch", `${op}: ${detail}`);
}
