/** Lightning indexer of DeepSeek sparse attention. */
export interface IndexerConfig {
  nHeads: number;
  headDim: number;
  /** Tokens each query attends to. */
  topk: number;
  /** RoPE turns pairs (2i, 2i+1), as in GLM-5, and not (i, i + half), as in V3.2. */
  ropeInterleaved?: true;
}

/** YaRN context extension. */
export interface RopeScaling {
  factor: number;
  originalMaxPositionEmbeddings: number;
  betaFast: number;
  betaSlow: number;
  mscale: number;
  mscaleAllDim: number;
  /** Multiplies cosines and sines in place of the quotient of the two magnitudes. */
  attentionFactor?: number;
}

/** Shape of a DeepSeek-V3 / V3.2 network; the fields of config.json in camel case. */
export interface ModelConfig {
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  moeIntermediateSize: number;
  numHiddenLayers: number;
  /** Leading layers with a dense MLP. */
  firstKDenseReplace: number;
  numAttentionHeads: number;
  nRoutedExperts: number;
  nSharedExperts: number;
  numExpertsPerTok: number;
  nGroup: number;
  topkGroup: number;
  scoringFunc: "sigmoid" | "softmax";
  /** `noaux_tc` adds a correction bias for selection and judges groups by their two best. */
  topkMethod: "noaux_tc" | "group_limited_greedy" | "greedy";
  normTopkProb: boolean;
  routedScalingFactor: number;
  qLoraRank: number;
  kvLoraRank: number;
  qkNopeHeadDim: number;
  qkRopeHeadDim: number;
  vHeadDim: number;
  /** Absent in V3.1-style models: dense attention only. */
  indexer?: IndexerConfig;
  rmsNormEps: number;
  ropeTheta: number;
  ropeScaling?: RopeScaling;
  maxPositionEmbeddings: number;
  tieWordEmbeddings: boolean;
  bosTokenId?: number;
  /** Any of them ends a sequence. */
  eosTokenIds?: readonly number[];
  /** Multi-token-prediction layers stored behind the others: 0 or 1. Of more, only the first is used. */
  numNextnPredictLayers: number;
  /** Rows and columns of a block that shares one FP8 scale. */
  weightBlockSize?: readonly [number, number];
}

/** The same model without its multi-token-prediction layer. */
export function withoutMtp(config: ModelConfig): ModelConfig {
  return { ...config, numNextnPredictLayers: 0 };
}
