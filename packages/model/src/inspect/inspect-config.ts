import type { ModelConfig } from "../config/index.js";
import { parameterSpecs } from "../network/weights.js";

/** What a model costs, from its config alone. */
export interface ModelFacts {
  parameters: {
    total: number;
    /** Read for one token: all but the experts it does not use, and one row of the embedding. */
    active: number;
    embedding: number;
    attention: number;
    indexer: number;
    mlp: number;
    /** The multi-token-prediction layer, beside the total. */
    mtp: number;
  };
  moeLayers: number;
  /** Values per token and layer. */
  cacheValuesPerToken: { latent: number; indexer: number };
  /** Over all layers, the multi-token-prediction layer among them. */
  cacheBytesPerToken: { bf16: number; f32: number };
  /** What of it the multi-token-prediction layer takes: figures published for a model leave it out. */
  mtpCacheBytesPerToken: { bf16: number; f32: number };
  contextLength: number;
  /** All weights and one full cache. */
  memoryBytes: { bf16: number; f32: number };
}

/** Parameters, cache bytes per token and memory at `contextLength` tokens. */
export function inspectConfig(config: ModelConfig, contextLength: number): ModelFacts {
  const parameters = { total: 0, active: 0, embedding: 0, attention: 0, indexer: 0, mlp: 0, mtp: 0 };
  for (const spec of parameterSpecs(config)) {
    const size = spec.shape.reduce((product, dim) => product * dim, 1);
    if (spec.mtp) {
      parameters.mtp += size;
      continue;
    }
    parameters.total += size;
    if (spec.name.includes(".experts.*."))
      parameters.active += (size / config.nRoutedExperts) * config.numExpertsPerTok;
    else if (spec.name === "model.embed_tokens.weight" && !config.tieWordEmbeddings)
      parameters.active += config.hiddenSize;
    else parameters.active += size;
    if (spec.kind === "embedding") parameters.embedding += size;
    else if (spec.indexer) parameters.indexer += size;
    else if (spec.name.includes(".mlp.")) parameters.mlp += size;
    else parameters.attention += size;
  }
  const latent = config.kvLoraRank + config.qkRopeHeadDim;
  const indexer = config.indexer?.headDim ?? 0;
  const mtpValues = (latent + indexer) * config.numNextnPredictLayers;
  const values = (latent + indexer) * config.numHiddenLayers + mtpValues;
  const memory = (bytes: number) => bytes * (parameters.total + parameters.mtp + values * contextLength);
  return {
    parameters,
    moeLayers: config.numHiddenLayers - config.firstKDenseReplace,
    cacheValuesPerToken: { latent, indexer },
    cacheBytesPerToken: { bf16: 2 * values, f32: 4 * values },
    mtpCacheBytesPerToken: { bf16: 2 * mtpValues, f32: 4 * mtpValues },
    contextLength,
    memoryBytes: { bf16: memory(2), f32: memory(4) },
  };
}
