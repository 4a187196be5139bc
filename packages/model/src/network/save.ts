import type { Tensor } from "@cachalot/tensor";
import { type DeferredTensor, writeCheckpoint } from "../checkpoint/index.js";
import type { ModelConfig } from "../config/index.js";
import { parameterSpecs } from "./weights.js";

export interface SaveOptions {
  /** Default bf16; norms, biases and the router bias stay f32. */
  dtype?: "f32" | "bf16";
}

/**
 * Writes parameters as a Hugging Face checkpoint directory, experts one by one. As in published files, a multi-token-prediction
 * layer comes with copies of the embedding and the head it shares with the model.
 */
export async function saveModel(
  dir: string,
  config: ModelConfig,
  parameters: ReadonlyMap<string, Tensor>,
  options: SaveOptions = {},
): Promise<void> {
  const wide = options.dtype ?? "bf16";
  const tensors: DeferredTensor[] = [];
  for (const spec of parameterSpecs(config)) {
    const tensor = parameters.get(spec.name)!;
    const dtype = spec.kind === "matrix" || spec.kind === "embedding" ? wide : "f32";
    if (!spec.name.includes("experts.*")) {
      tensors.push({ name: spec.name, dtype, shape: spec.shape, read: () => read(tensor) });
      continue;
    }
    const [count, ...shape] = spec.shape;
    for (let expert = 0; expert < count!; expert++)
      tensors.push({
        name: spec.name.replace("*", String(expert)),
        dtype,
        shape,
        read: () => readRow(tensor, expert),
      });
  }
  if (config.numNextnPredictLayers > 0) {
    const layer = `model.layers.${config.numHiddenLayers}`;
    const shape = [config.vocabSize, config.hiddenSize];
    const embedding = parameters.get("model.embed_tokens.weight")!;
    const head = config.tieWordEmbeddings ? embedding : parameters.get("lm_head.weight")!;
    const copy = (name: string, tensor: Tensor) =>
      tensors.push({ name: `${layer}.${name}.weight`, dtype: wide, shape, read: () => read(tensor) });
    copy("embed_tokens", embedding);
    copy("shared_head.head", head);
  }
  await writeCheckpoint(dir, { config, tensors });
}

function read(tensor: Tensor): Promise<Float32Array> {
  return (tensor as Tensor<"f32">).device.read(tensor as Tensor<"f32">);
}

/** Of tensors that are stacked, one. */
async function readRow(tensor: Tensor, row: number): Promise<Float32Array> {
  const view = tensor.rows(row, 1);
  try {
    return await read(view);
  } finally {
    view.dispose();
  }
}
