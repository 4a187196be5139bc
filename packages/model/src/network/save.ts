import type { Tensor } from "@cachalot/tensor";
import { writeCheckpoint } from "../checkpoint/index.js";
import type { ModelConfig } from "../config/index.js";
import { parameterSpecs } from "./weights.js";

export interface SaveOptions {
  /** Default bf16; norms, biases and the router bias stay f32. */
  dtype?: "f32" | "bf16";
}

/** Writes parameters as a Hugging Face checkpoint directory, experts one by one. */
export async function saveModel(
  dir: string,
  config: ModelConfig,
  parameters: ReadonlyMap<string, Tensor>,
  options: SaveOptions = {},
): Promise<void> {
  const wide = options.dtype ?? "bf16";
  const tensors: { name: string; dtype: "f32" | "bf16"; shape: readonly number[]; data: Float32Array }[] = [];
  for (const spec of parameterSpecs(config)) {
    const data = parameters.get(spec.name)!.data as Float32Array;
    const dtype = spec.kind === "matrix" || spec.kind === "embedding" ? wide : "f32";
    if (!spec.name.includes("experts.*")) {
      tensors.push({ name: spec.name, dtype, shape: spec.shape, data });
      continue;
    }
    const [count, ...shape] = spec.shape;
    const size = data.length / count!;
    for (let expert = 0; expert < count!; expert++)
      tensors.push({
        name: spec.name.replace("*", String(expert)),
        dtype,
        shape,
        data: data.subarray(expert * size, (expert + 1) * size),
      });
  }
  await writeCheckpoint(dir, { config, tensors });
}
