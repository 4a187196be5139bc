import { type Device, defaultDevice, quantizeRows, Random, ROW_SCALE_BYTES, type Tensor } from "@cachalot/tensor";
import { type Checkpoint, float32ToBfloat16, openCheckpoint } from "../checkpoint/index.js";
import { type ModelConfig, readConfig, withoutMtp } from "../config/index.js";
import { ModelError } from "../errors.js";
import { CausalLM } from "./causal-lm.js";
import { initialValues } from "./initialize.js";
import { type ParameterSpec, parameterSpecs } from "./weights.js";

/** How a model's large matrices are kept. */
export type WeightDtype = "f32" | "bf16" | "q8";

export interface LoadOptions {
  /** Default: cpu where it works, else reference. */
  device?: Device;
  /**
   * f32 computes everything in float32. bf16 keeps large matrices and cached latents in bf16 and indexer keys in 8 bits:
   * less than half the memory, and faster. q8 keeps most matrices in 8 bits as well. Default f32.
   */
  dtype?: WeightDtype;
  /** Most tokens cached at once, over all sequences. Default: no limit. */
  cacheTokens?: number;
  /** Read the multi-token-prediction layer where the checkpoint has one. Default true. */
  mtp?: boolean;
}

/**
 * config.json of a checkpoint, without the multi-token-prediction layer where its tensors are not there: published
 * conversions often drop them and leave the config as it was.
 * @throws ModelError for a bad config or checkpoint.
 */
export async function checkpointConfig(dir: string): Promise<ModelConfig> {
  const config = await readConfig(dir);
  if (config.numNextnPredictLayers === 0) return config;
  const checkpoint = await openCheckpoint(dir);
  try {
    const layer = `model.layers.${config.numHiddenLayers}.`;
    return checkpoint.names().some((name) => name.startsWith(layer)) ? config : withoutMtp(config);
  } finally {
    await checkpoint.close();
  }
}

/**
 * Reads a checkpoint directory into a network.
 * @throws ModelError for a bad config, a missing tensor or one of another shape.
 */
export async function loadModel(dir: string, options: LoadOptions = {}): Promise<CausalLM> {
  const device = options.device ?? defaultDevice();
  const config = options.mtp === false ? withoutMtp(await readConfig(dir)) : await checkpointConfig(dir);
  const parameters = await loadParameters(dir, config, device, options);
  const cache = options.dtype === undefined || options.dtype === "f32" ? "f32" : "bf16";
  return new CausalLM(config, device, parameters, { dtype: cache, maxTokens: options.cacheTokens });
}

/** Parameters of a checkpoint by the names of `parameterSpecs`, experts stacked. */
export async function loadParameters(
  dir: string,
  config: ModelConfig,
  device: Device,
  options: Pick<LoadOptions, "dtype"> & {
    /** Give a checkpoint without an indexer, or without a multi-token-prediction layer, a new one from this seed to train. */
    newLayersSeed?: number;
  } = {},
): Promise<Map<string, Tensor>> {
  const checkpoint = await openCheckpoint(dir);
  const parameters = new Map<string, Tensor>();
  const random = new Random(options.newLayersSeed ?? 0);
  try {
    const names = new Set(checkpoint.names());
    for (const spec of parameterSpecs(config)) {
      const isMissing = (spec.indexer || spec.mtp) && !names.has(spec.name.replace("*", "0"));
      const isNew = options.newLayersSeed !== undefined && isMissing;
      const values = isNew ? initialValues(spec, random) : await readParameter(checkpoint, names, spec, config);
      parameters.set(spec.name, asTensor(device, spec, values, options.dtype ?? "f32"));
    }
  } catch (error) {
    for (const tensor of parameters.values()) tensor.dispose();
    throw error;
  } finally {
    await checkpoint.close();
  }
  return parameters;
}

function asTensor(device: Device, spec: ParameterSpec, values: Float32Array, dtype: WeightDtype): Tensor {
  if (dtype === "f32" || !mayBeBf16(spec)) return device.from("f32", spec.shape, values);
  if (dtype === "bf16" || !mayBeQ8(spec)) return device.from("bf16", spec.shape, float32ToBfloat16(values));
  const width = spec.shape.at(-1)!;
  return device.from("u8", [...spec.shape.slice(0, -1), width + ROW_SCALE_BYTES], quantizeRows(values, width));
}

/** What embeds tokens is looked up, not multiplied, and kv_b_proj is taken apart. */
function mayBeQ8(spec: ParameterSpec): boolean {
  return !/(embed_tokens|kv_b_proj)\.weight$/.test(spec.name);
}

/** Matrices that only products and `gatherRows` read; the rest is small or needs f32. */
function mayBeBf16(spec: ParameterSpec): boolean {
  return (spec.kind === "matrix" || spec.kind === "embedding") && !/(mlp\.gate|weights_proj)\.weight$/.test(spec.name);
}

async function readParameter(
  checkpoint: Checkpoint,
  names: ReadonlySet<string>,
  spec: ParameterSpec,
  config: ModelConfig,
): Promise<Float32Array> {
  if (!spec.name.includes("experts.*")) return readChecked(checkpoint, names, spec.name, spec.shape);
  const [count, ...shape] = spec.shape;
  const size = shape.reduce((product, dim) => product * dim, 1);
  const stacked = new Float32Array((count ?? config.nRoutedExperts) * size);
  for (let expert = 0; expert < config.nRoutedExperts; expert++) {
    const name = spec.name.replace("*", String(expert));
    stacked.set(await readChecked(checkpoint, names, name, shape), expert * size);
  }
  return stacked;
}

async function readChecked(
  checkpoint: Checkpoint,
  names: ReadonlySet<string>,
  name: string,
  shape: readonly number[],
): Promise<Float32Array> {
  if (!names.has(name))
    throw new ModelError(
      "missing_tensor",
      `the checkpoint has no tensor ${name}, but config.json asks for it; ${adviceFor(name, names)}`,
    );
  const found = checkpoint.info(name).shape;
  if (found.length !== shape.length || found.some((dim, i) => dim !== shape[i]))
    throw new ModelError(
      "shape_mismatch",
      `${name} is [${found}] in the checkpoint, but config.json asks for [${shape}]; check that the two belong together`,
    );
  return checkpoint.readWeight(name);
}

/** What to do about a tensor that is not there. */
function adviceFor(name: string, names: ReadonlySet<string>): string {
  const others = [...names];
  if (others.some((other) => /\.experts\.(gate_up_proj|down_proj)$/.test(other)))
    return "its experts are stacked in one tensor each, which is not supported: save them one by one";
  if (others.length > 0 && others.every((other) => !other.startsWith("model.") && other !== "lm_head.weight"))
    return `its names are of another kind (${others[0]}): rename them as DeepSeek publishes them`;
  if (name.includes(".indexer."))
    return "a model without an indexer has no index_* fields: take them out, or train one with a warm-up stage";
  if (name === "lm_head.weight") return "set tie_word_embeddings to true if the head is the embedding";
  if (name.includes(".e_score_correction_bias"))
    return "set topk_method to greedy or group_limited_greedy if it has none";
  if (name.includes(".shared_experts.")) return "set n_shared_experts to 0 if it has none";
  if (name.includes(".experts."))
    return "check n_routed_experts and first_k_dense_replace, and that all shards are there";
  return "check that the two belong together and that all shards are there";
}
