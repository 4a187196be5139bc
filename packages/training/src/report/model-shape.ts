import { inspectConfig, parseConfig } from "@cachalot/model";

export interface ModelShape {
  layers: number;
  /** Layers below the first MoE layer. */
  denseLayers: number;
  hiddenSize: number;
  attentionHeads: number;
  vocabSize: number;
  routedExperts: number;
  expertsPerToken: number;
  sharedExperts: number;
  indexer: { heads: number; headDim: number; topk: number } | null;
  parameters: number;
  /** Parameters used for one token: one row of the embedding, and of the routed experts the chosen. */
  activeParameters: number;
  indexerParameters: number;
}

/** Shape and size of the model a recipe describes; null when its config is empty. @throws as parseConfig. */
export function modelShape(model: Readonly<Record<string, unknown>>): ModelShape | null {
  if (Object.keys(model).length === 0) return null;
  const config = parseConfig(model);
  const { parameters } = inspectConfig(config, config.maxPositionEmbeddings);
  return {
    layers: config.numHiddenLayers,
    denseLayers: Math.min(config.firstKDenseReplace, config.numHiddenLayers),
    hiddenSize: config.hiddenSize,
    attentionHeads: config.numAttentionHeads,
    vocabSize: config.vocabSize,
    routedExperts: config.nRoutedExperts,
    expertsPerToken: config.numExpertsPerTok,
    sharedExperts: config.nSharedExperts,
    indexer: config.indexer
      ? { heads: config.indexer.nHeads, headDim: config.indexer.headDim, topk: config.indexer.topk }
      : null,
    parameters: parameters.total,
    activeParameters: parameters.active,
    indexerParameters: parameters.indexer,
  };
}
