import type { Tensor } from "@cachalot/tensor";
import { type DeferredTensor, writeCheckpoint } from "../checkpoint/index.js";
import { INT8_QUANTIZATION, INT8_SCALE_SUFFIX, type Int8Rows, toInt8Rows } from "../checkpoint/int8-rows.js";
import type { ModelConfig } from "../config/index.js";
import { mayBeBf16 } from "./weight-dtype.js";
import { type ParameterSpec, parameterSpecs } from "./weights.js";

export interface SaveOptions {
  /**
   * Of matrices and embeddings, default bf16; norms, biases and the router bias stay f32. q8: rows of 8-bit integers with a scale
   * each, where nothing small and delicate is chosen by them: routers and the indexer's head weights stay f32.
   */
  dtype?: "f32" | "bf16" | "q8";
  /** Begin another file once one has so many bytes. Default: one file. */
  shardBytes?: number | undefined;
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
  const tensors: DeferredTensor[] = [];
  for (const spec of parameterSpecs(config)) {
    const tensor = parameters.get(spec.name)!;
    const dtype = storedDtype(spec, options.dtype ?? "bf16");
    if (!spec.name.includes("experts.*")) {
      tensors.push(...stored(spec.name, spec.shape, dtype, () => read(tensor)));
      continue;
    }
    const [count, ...shape] = spec.shape;
    for (let expert = 0; expert < count!; expert++)
      tensors.push(...stored(spec.name.replace("*", String(expert)), shape, dtype, () => readRow(tensor, expert)));
  }
  if (config.numNextnPredictLayers > 0) {
    const layer = `model.layers.${config.numHiddenLayers}`;
    const shape = [config.vocabSize, config.hiddenSize];
    const embedding = parameters.get("model.embed_tokens.weight")!;
    const head = config.tieWordEmbeddings ? embedding : parameters.get("lm_head.weight")!;
    const copy = (name: string, tensor: Tensor) =>
      tensors.push(...stored(`${layer}.${name}.weight`, shape, options.dtype ?? "bf16", () => read(tensor)));
    copy("embed_tokens", embedding);
    copy("shared_head.head", head);
  }
  await writeCheckpoint(dir, {
    config,
    tensors,
    shardBytes: options.shardBytes,
    ...(options.dtype === "q8" ? { quantization: INT8_QUANTIZATION } : {}),
  });
}

type StoredDtype = NonNullable<SaveOptions["dtype"]>;

function storedDtype(spec: ParameterSpec, dtype: StoredDtype): StoredDtype {
  if (spec.kind !== "matrix" && spec.kind !== "embedding") return "f32";
  return dtype === "q8" && !mayBeBf16(spec) ? "f32" : dtype;
}

/** A weight as its tensors in the file: 8-bit rows are two. */
function stored(
  name: string,
  shape: readonly number[],
  dtype: StoredDtype,
  read: () => Promise<Float32Array>,
): DeferredTensor[] {
  if (dtype !== "q8") return [{ name, dtype, shape, read }];
  const [rows, width] = shape as [number, number];
  const quantized = async (): Promise<Int8Rows> => toInt8Rows(await read(), width);
  return [
    { name, dtype: "i8", shape, read: async () => (await quantized()).values },
    {
      name: `${name}${INT8_SCALE_SUFFIX}`,
      dtype: "f32",
      shape: [rows, 1],
      read: async () => (await quantized()).scales,
    },
  ];
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
