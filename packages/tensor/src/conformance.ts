import { Context } from "./context.js";
import type { Device } from "./device.js";
import { ReferenceDevice } from "./devices/reference/reference-device.js";
import { type DType, viewAs } from "./dtype.js";
import type { HostTensor, OpDefinition } from "./op.js";
import { Random } from "./random.js";
import { type Shape, sizeOf } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** One input of a case: random unless `values` says otherwise. */
export interface CaseInput {
  shape: Shape;
  dtype?: DType;
  /** Check the gradient by this input. */
  grad?: boolean;
  /** Standard deviation of the random values. Default 1. */
  scale?: number;
  /** Exact values, or a function of a seeded generator. */
  values?: ArrayLike<number> | ((random: Random) => ArrayLike<number>);
}

/** A seeded shape that both the tests and the benchmarks of an op use. */
export interface OpCase {
  // An op case erases its attribute type: cases of all ops are in one list.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  op: OpDefinition<any>;
  name: string;
  inputs: readonly (CaseInput | undefined)[];
  attrs: unknown;
  /** Too slow for the reference in tests: benchmarks only. */
  benchOnly?: boolean;
  /** Instead of the op's own: for low-precision inputs. */
  tolerance?: number;
  /** Outputs compared as values; default all. Give a list to leave out outputs that are not unique. */
  compareOutputs?: readonly number[];
}

export interface Comparison {
  what: string;
  /** Largest |difference| over the largest |reference value| (at least 1e-3). */
  error: number;
  tolerance: number;
}

/** The inputs of a case as tensors on a device. */
function makeInputs(device: Device, opCase: OpCase, seed = 1): (Tensor | undefined)[] {
  const random = new Random(seed);
  return opCase.inputs.map((input) => {
    if (!input) return undefined;
    const size = sizeOf(input.shape);
    const values =
      typeof input.values === "function"
        ? input.values(random)
        : (input.values ?? Float64Array.from({ length: size }, () => random.normal() * (input.scale ?? 1)));
    const tensor = device.from(input.dtype ?? "f32", input.shape, values);
    tensor.requiresGrad = input.grad === true;
    return tensor;
  });
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 1e-3;
  for (let i = 0; i < expected.length; i++)
    if (Number.isFinite(expected[i]!)) largest = Math.max(largest, Math.abs(expected[i]!));
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (Object.is(a, e) || a === e) continue;
    const difference = Math.abs(a - e);
    error = Math.max(error, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / largest);
  }
  return error;
}

/** Gradients by every `grad` input of sum_o sum_i out_o[i] * seed_o[i], with seeded seeds. */
async function gradientsOn(
  device: Device,
  opCase: OpCase,
): Promise<{ gradients: Map<number, Float64Array>; seeds: Float64Array[] }> {
  const ctx = new Context(device, { recording: true });
  const inputs = makeInputs(device, opCase);
  try {
    const random = new Random(7);
    const outputs = ctx.run(opCase.op, inputs, opCase.attrs);
    const seeds: Float64Array[] = [];
    for (const output of outputs)
      seeds.push(
        Float64Array.from(await device.read(output), (value) =>
          output.dtype === "f32" && Number.isFinite(value) ? random.normal() : 0,
        ),
      );
    const plain = new Context(device);
    const compare = opCase.compareOutputs;
    const results = opCase.op.gradient!({
      ctx: plain,
      inputs,
      outputs,
      outputGradients: outputs.map((output, i) =>
        output.dtype === "f32" && (!compare || compare.includes(i))
          ? plain.from("f32", output.shape, seeds[i]!)
          : undefined,
      ),
      attrs: opCase.attrs,
      needs: inputs.map((input) => input?.requiresGrad === true),
    });
    const gradients = new Map<number, Float64Array>();
    for (const [i, input] of opCase.inputs.entries())
      if (input?.grad && results[i]) gradients.set(i, Float64Array.from(await device.read(results[i])));
    plain.dispose();
    return { gradients, seeds };
  } finally {
    ctx.dispose();
    for (const input of inputs) input?.dispose();
  }
}

/** Directional derivatives by central differences of the reference in float64. */
function finiteDifference(
  opCase: OpCase,
  seeds: readonly Float64Array[],
  wrt: number,
  direction: Float64Array,
): number {
  const device = new ReferenceDevice();
  const base = makeInputs(device, opCase);
  const specs = opCase.op.infer(base, opCase.attrs);
  const evaluate = (step: number): number => {
    const inputs = base.map((tensor, i): HostTensor | undefined => {
      if (tensor?.dtype !== "f32") return tensor;
      const data = Float64Array.from(tensor.data);
      if (i === wrt) for (let j = 0; j < data.length; j++) data[j] = data[j]! + step * direction[j]!;
      return { dtype: tensor.dtype, shape: tensor.shape, data };
    });
    const outputs = specs.map((spec): HostTensor => {
      const length = sizeOf(spec.shape);
      const data =
        spec.dtype === "f32" ? new Float64Array(length) : viewAs(spec.dtype, new ArrayBuffer(length * 4), 0, length);
      return { ...spec, data };
    });
    opCase.op.reference({ inputs, outputs, attrs: opCase.attrs });
    let sum = 0;
    outputs.forEach((output, o) => {
      if (output.dtype !== "f32" || (opCase.compareOutputs && !opCase.compareOutputs.includes(o))) return;
      for (let i = 0; i < output.data.length; i++) if (seeds[o]![i] !== 0) sum += output.data[i]! * seeds[o]![i]!;
    });
    return sum;
  };
  const step = 1e-5;
  return (evaluate(step) - evaluate(-step)) / (2 * step);
}

/** The gradient of the reference device against finite differences. */
export async function checkGradient(opCase: OpCase): Promise<Comparison[]> {
  const { gradients, seeds } = await gradientsOn(new ReferenceDevice(), opCase);
  const comparisons: Comparison[] = [];
  for (const [i, gradient] of gradients) {
    const random = new Random(11 + i);
    const direction = Float64Array.from(gradient, () => random.normal());
    const numeric = finiteDifference(opCase, seeds, i, direction);
    let analytic = 0;
    let scale = 1e-3;
    for (let j = 0; j < gradient.length; j++) {
      analytic += gradient[j]! * direction[j]!;
      scale += (gradient[j]! * direction[j]!) ** 2;
    }
    const error = Math.abs(analytic - numeric) / Math.sqrt(scale);
    comparisons.push({ what: `d/d input ${i} against finite differences`, error, tolerance: 1e-4 });
  }
  return comparisons;
}

/** Values and gradients of a case on `device` against the reference. Outputs are poisoned first. */
export async function checkDevice(device: Device, opCase: OpCase): Promise<Comparison[]> {
  const reference = new ReferenceDevice();
  const comparisons: Comparison[] = [];
  const { op } = opCase;
  const before = device.poison;
  device.poison = true;
  try {
    const run = async (on: Device) => {
      const ctx = new Context(on);
      const inputs = makeInputs(on, opCase);
      const outputs = ctx.run(op, inputs, opCase.attrs);
      const mutated = (op.mutates ?? []).flatMap((i) => inputs[i] ?? []);
      const values: Float64Array[] = [];
      for (const tensor of [...outputs, ...mutated]) values.push(Float64Array.from(await on.read(tensor)));
      ctx.dispose();
      for (const input of inputs) input?.dispose();
      return values;
    };
    const expected = await run(reference);
    const actual = await run(device);
    expected.forEach((values, i) => {
      if (opCase.compareOutputs && !opCase.compareOutputs.includes(i)) return;
      comparisons.push({
        what: `output ${i}`,
        error: relativeError(actual[i]!, values),
        tolerance: opCase.tolerance ?? op.tolerance.value,
      });
    });
    if (op.gradient) {
      const truth = (await gradientsOn(reference, opCase)).gradients;
      for (const [i, gradient] of (await gradientsOn(device, opCase)).gradients) {
        const error = relativeError(gradient, truth.get(i)!);
        comparisons.push({ what: `gradient of input ${i}`, error, tolerance: op.tolerance.gradient });
      }
    }
  } finally {
    device.poison = before;
  }
  return comparisons;
}
