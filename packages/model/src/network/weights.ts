import type { Tensor } from "@cachalot/tensor";
import type { IndexerConfig, ModelConfig } from "../config/index.js";

/** Lightning indexer of one layer. Shapes with E hidden, Q q_lora, Hi indexer heads, Di indexer head dim. */
export interface IndexerWeights {
  /** `[Hi*Di, Q]` */
  wqB: Tensor;
  /** `[Di, E]` */
  wk: Tensor;
  /** `[Di]` */
  kNormWeight: Tensor;
  /** `[Di]` */
  kNormBias: Tensor;
  /** `[Hi, E]` */
  weightsProj: Tensor;
}

/** kv_b_proj taken apart for absorbed attention. */
export interface KvBSplit {
  /** `[H, C, N]` where `keyTransposed`, else `[H, N, C]` */
  key: Tensor;
  keyTransposed: boolean;
  /** `[H, V, C]` */
  value: Tensor;
}

/** Multi-head latent attention of one layer. H heads, C kv_lora, R rope, N nope, V value dims. */
export interface AttentionWeights {
  /** `[Q, E]` */
  qAProj: Tensor;
  /** `[Q]` */
  qALayernorm: Tensor;
  /** `[H*(N+R), Q]`, per head nope then rope */
  qBProj: Tensor;
  /** `[C+R, E]` */
  kvAProj: Tensor;
  /** `[C]` */
  kvALayernorm: Tensor;
  /** `[H*(N+V), C]`, per head key part then value part */
  kvBProj: Tensor;
  /** Set where weights are constant, so that it is not computed again for every token. */
  kvBSplit?: KvBSplit;
  /** `[E, H*V]` */
  oProj: Tensor;
  indexer?: IndexerWeights;
}

/** SwiGLU: `down(silu(gate x) * up x)`. */
export interface MlpWeights {
  /** `[F, E]` */
  gateProj: Tensor;
  /** `[F, E]` */
  upProj: Tensor;
  /** `[E, F]` */
  downProj: Tensor;
}

export interface MoeWeights {
  /** Router, `[X, E]` */
  gate: Tensor;
  /** Added to the scores for selection only, `[X]`. Moved by the balancing rule, not by gradients. */
  scoreCorrectionBias?: Tensor;
  /** Experts stacked: `[X, F, E]`, `[X, F, E]`, `[X, E, F]` */
  experts: MlpWeights;
  shared?: MlpWeights;
}

export interface LayerWeights {
  inputLayernorm: Tensor;
  attention: AttentionWeights;
  postAttentionLayernorm: Tensor;
  mlp: MlpWeights | MoeWeights;
}

/** The multi-token-prediction module. It shares the model's embedding and output head. */
export interface MtpWeights {
  /** Norm of the next token's embedding, `[E]` */
  enorm: Tensor;
  /** Norm of the model's hidden state, `[E]` */
  hnorm: Tensor;
  /** `[E, 2E]`, embedding half first */
  ehProj: Tensor;
  layer: LayerWeights;
  /** Before the output head, `[E]` */
  norm: Tensor;
}

export interface ModelWeights {
  /** `[vocab, E]` */
  embedTokens: Tensor;
  layers: LayerWeights[];
  norm: Tensor;
  /** `[vocab, E]` */
  lmHead: Tensor;
  mtp?: MtpWeights;
}

export function isMoe(mlp: MlpWeights | MoeWeights): mlp is MoeWeights {
  return "experts" in mlp;
}

/** One parameter: its name in a checkpoint, shape, and how many experts are stacked in it. */
export interface ParameterSpec {
  /** Hugging Face name; `experts.*.` stands for the stacked tensors `experts.0.`, `experts.1.`, … */
  name: string;
  shape: readonly number[];
  kind: "matrix" | "norm" | "bias" | "embedding" | "router-bias";
  /** Belongs to a lightning indexer. */
  indexer: boolean;
  /** Belongs to the multi-token-prediction layer. */
  mtp: boolean;
}

/** Whether a layer's MLP is dense. A multi-token-prediction layer, behind all others, has experts where the model has. */
function isDense(config: ModelConfig, layer: number): boolean {
  return layer < config.firstKDenseReplace || config.nRoutedExperts === 0;
}

/**
 * The parameters of a model, each with its name in a checkpoint at the place where the network reads it. `take` is asked for one
 * after the other; those of a multi-token-prediction layer come last.
 */
function arrange<T>(config: ModelConfig, take: (spec: ParameterSpec) => T) {
  const { hiddenSize: E, numAttentionHeads: H, qLoraRank: Q, kvLoraRank: C, nRoutedExperts: X } = config;
  const { qkRopeHeadDim: R, qkNopeHeadDim: N, vHeadDim: V } = config;
  const mtpPrefix = `model.layers.${config.numHiddenLayers}`;
  const parameter = (name: string, kind: ParameterSpec["kind"], ...shape: number[]) =>
    take({ name, shape, kind, indexer: name.includes(".indexer."), mtp: name.startsWith(`${mtpPrefix}.`) });
  const matrix = (name: string, ...shape: number[]) => parameter(`${name}.weight`, "matrix", ...shape);
  const norm = (name: string, size: number) => parameter(`${name}.weight`, "norm", size);
  const embedding = (name: string) => parameter(`${name}.weight`, "embedding", config.vocabSize, E);

  const mlp = (prefix: string, width: number, ...stack: number[]) => ({
    gateProj: matrix(`${prefix}.gate_proj`, ...stack, width, E),
    upProj: matrix(`${prefix}.up_proj`, ...stack, width, E),
    downProj: matrix(`${prefix}.down_proj`, ...stack, E, width),
  });
  const moe = (prefix: string) => ({
    gate: matrix(`${prefix}.gate`, X, E),
    ...(config.topkMethod === "noaux_tc"
      ? { scoreCorrectionBias: parameter(`${prefix}.gate.e_score_correction_bias`, "router-bias", X) }
      : {}),
    experts: mlp(`${prefix}.experts.*`, config.moeIntermediateSize, X),
    ...(config.nSharedExperts > 0
      ? { shared: mlp(`${prefix}.shared_experts`, config.moeIntermediateSize * config.nSharedExperts) }
      : {}),
  });
  const indexer = (prefix: string, { nHeads, headDim }: IndexerConfig) => ({
    wqB: matrix(`${prefix}.wq_b`, nHeads * headDim, Q),
    wk: matrix(`${prefix}.wk`, headDim, E),
    kNormWeight: norm(`${prefix}.k_norm`, headDim),
    kNormBias: parameter(`${prefix}.k_norm.bias`, "bias", headDim),
    weightsProj: matrix(`${prefix}.weights_proj`, nHeads, E),
  });
  const attention = (prefix: string) => ({
    qAProj: matrix(`${prefix}.q_a_proj`, Q, E),
    qALayernorm: norm(`${prefix}.q_a_layernorm`, Q),
    qBProj: matrix(`${prefix}.q_b_proj`, H * (N + R), Q),
    kvAProj: matrix(`${prefix}.kv_a_proj_with_mqa`, C + R, E),
    kvALayernorm: norm(`${prefix}.kv_a_layernorm`, C),
    kvBProj: matrix(`${prefix}.kv_b_proj`, H * (N + V), C),
    oProj: matrix(`${prefix}.o_proj`, E, H * V),
    ...(config.indexer ? { indexer: indexer(`${prefix}.indexer`, config.indexer) } : {}),
  });
  const layer = (i: number) => {
    const prefix = `model.layers.${i}`;
    return {
      inputLayernorm: norm(`${prefix}.input_layernorm`, E),
      attention: attention(`${prefix}.self_attn`),
      postAttentionLayernorm: norm(`${prefix}.post_attention_layernorm`, E),
      mlp: isDense(config, i) ? mlp(`${prefix}.mlp`, config.intermediateSize) : moe(`${prefix}.mlp`),
    };
  };
  const mtp = () => ({
    enorm: norm(`${mtpPrefix}.enorm`, E),
    hnorm: norm(`${mtpPrefix}.hnorm`, E),
    ehProj: matrix(`${mtpPrefix}.eh_proj`, E, 2 * E),
    layer: layer(config.numHiddenLayers),
    norm: norm(`${mtpPrefix}.shared_head.norm`, E),
  });
  const embedTokens = embedding("model.embed_tokens");
  return {
    embedTokens,
    layers: Array.from({ length: config.numHiddenLayers }, (_, i) => layer(i)),
    norm: norm("model.norm", E),
    lmHead: config.tieWordEmbeddings ? embedTokens : embedding("lm_head"),
    ...(config.numNextnPredictLayers > 0 ? { mtp: mtp() } : {}),
  };
}

/** Every parameter of a model; those of a multi-token-prediction layer come last. */
export function parameterSpecs(config: ModelConfig): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  arrange(config, (spec) => specs.push(spec));
  return specs;
}

/** Arranges parameters found by name into the structure the network reads. */
export function bindWeights(config: ModelConfig, get: (name: string) => Tensor): ModelWeights {
  return arrange(config, ({ name }) => get(name));
}
