import { type Device, openDevice, Random, type Tensor } from "@cachalot/tensor";
import { openCheckpoint } from "../checkpoint/checkpoint.js";
import { type ModelConfig, readConfig, withoutMtp } from "../config/index.js";
import { ModelError } from "../errors.js";
import type { CheckpointLocation } from "../source/source.js";
import { CausalLM } from "./causal-lm.js";
import { initialValues } from "./initialize.js";
import { readParameter } from "./read-parameter.js";
import { storedAs, type WeightDtype } from "./weight-dtype.js";
import { parameterSpecs } from "./weights.js";

export interface LoadOptions {
  /** Default: the first device that works here. */
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
export async function checkpointConfig(location: CheckpointLocation): Promise<ModelConfig> {
  const config = await readConfig(location);
  if (config.numNextnPredictLayers === 0) return config;
  const checkpoint = await openCheckpoint(location);
  try {
    const layer = `model.layers.${config.numHiddenLayers}.`;
    return checkpoint.names().some((name) => name.startsWith(layer)) ? config : withoutMtp(config);
  } finally {
    await checkpoint.close();
  }
}

/**
 * Reads a checkpoint into a network.
 * @throws ModelError for a bad config, a missing tensor or one of another shape.
 */
export async function loadModel(location: CheckpointLocation, options: LoadOptions = {}): Promise<CausalLM> {
  const device = options.device ?? (await openDevice());
  const config = options.mtp === false ? withoutMtp(await readConfig(location)) : await checkpointConfig(location);
  const parameters = await loadParameters(location, config, device, options);
  const cache = options.dtype === undefined || options.dtype === "f32" ? "f32" : "bf16";
  return new CausalLM(config, device, parameters, { dtype: cache, maxTokens: options.cacheTokens });
}

/**
 * Replaces a network's weights by those of another checkpoint of the same architecture.
 * @throws ModelError `config_mismatch`, or as `loadModel`; the old weights stay.
 */
export async function reloadWeights(
  model: CausalLM,
  location: CheckpointLocation,
  options: Pick<LoadOptions, "dtype" | "mtp"> = {},
): Promise<void> {
  const config = options.mtp === false ? withoutMtp(await readConfig(location)) : await checkpointConfig(location);
  const differing = (Object.keys(config) as (keyof ModelConfig)[]).find(
    (field) => JSON.stringify(config[field]) !== JSON.stringify(model.config[field]),
  );
  if (differing)
    throw new ModelError(
      "config_mismatch",
      `${typeof location === "string" ? location : location.location} is of another architecture: its ${differing} is ${JSON.stringify(config[differing])}, the running model's ` +
        `${JSON.stringify(model.config[differing])}; start an engine of its own for it`,
    );
  model.replaceParameters(await loadParameters(location, config, model.device, options));
}

/** Parameters of a checkpoint by the names of `parameterSpecs`, experts stacked. */
export async function loadParameters(
  location: CheckpointLocation,
  config: ModelConfig,
  device: Device,
  options: Pick<LoadOptions, "dtype"> & {
    /** Give a checkpoint without an indexer, or without a multi-token-prediction layer, a new one from this seed to train. */
    newLayersSeed?: number;
  } = {},
): Promise<Map<string, Tensor>> {
  const checkpoint = await openCheckpoint(location);
  const parameters = new Map<string, Tensor>();
  const random = new Random(options.newLayersSeed ?? 0);
  try {
    for (const spec of parameterSpecs(config)) {
      const isMissing = (spec.indexer || spec.mtp) && !checkpoint.has(spec.name.replace("*", "0"));
      const isNew = options.newLayersSeed !== undefined && isMissing;
      const values = isNew ? initialValues(spec, random) : await readParameter(checkpoint, spec);
      parameters.set(spec.name, storedAs(device, spec, values, options.dtype ?? "f32"));
    }
  } catch (error) {
    for (const tensor of parameters.values()) tensor.dispose();
    throw error;
  } finally {
    await checkpoint.close();
  }
  return parameters;
}
