import { type Device, Random, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type ParameterSpec, parameterSpecs } from "./weights.js";

/** Standard deviation of new matrices; DeepSeek-V3 uses 0.006 at its size, small models want more. */
const DEFAULT_DEVIATION = 0.02;

/** Values of one new parameter: norms at 1, biases at 0, matrices normal. */
export function initialValues(spec: ParameterSpec, random: Random, deviation = DEFAULT_DEVIATION): Float32Array {
  const size = spec.shape.reduce((product, dim) => product * dim, 1);
  const values = new Float32Array(size);
  if (spec.kind === "norm") values.fill(1);
  else if (spec.kind === "matrix" || spec.kind === "embedding")
    for (let i = 0; i < size; i++) values[i] = random.normal() * deviation;
  return values;
}

/**
 * Random parameters for a new model, by the names of `parameterSpecs`. Output projections of the residual branches are
 * scaled down by sqrt(2 layers), so that the residual stream starts at the same size for any depth.
 */
export function initializeParameters(config: ModelConfig, device: Device, seed: number): Map<string, Tensor> {
  const random = new Random(seed);
  const residual = DEFAULT_DEVIATION / Math.sqrt(2 * config.numHiddenLayers);
  const parameters = new Map<string, Tensor>();
  for (const spec of parameterSpecs(config)) {
    const isResidual = /\.(o_proj|down_proj)\.weight$/.test(spec.name);
    const values = initialValues(spec, random, isResidual ? residual : DEFAULT_DEVIATION);
    parameters.set(spec.name, device.from("f32", spec.shape, values));
  }
  return parameters;
}
