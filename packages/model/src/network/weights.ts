import type { Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";

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

/** Every parameter of a model; those of a multi-token-prediction layer come last. */
export function parameterSpecs(config: ModelConfig): ParameterSpec[] {
  const E = config.hiddenSize;
  const specs: ParameterSpec[] = [];
  const mtp = `model.layers.${config.numHiddenLayers}`;
  const add = (name: string, shape: readonly number[], kind: ParameterSpec["kind"] = "matrix", indexer = false) =>
    specs.push({ name, shape, kind, indexer, mtp: name.startsWith(`${mtp}.`) });
  const mlp = (prefix: string, width: number, stack: readonly number[] = []) => {
    add(`${prefix}.gate_proj.weight`, [...stack, width, E]);
    add(`${prefix}.up_proj.weight`, [...stack, width, E]);
    add(`${prefix}.down_proj.weight`, [...stack, E, width]);
  };
  const decoderLayer = (i: number) => {
    const layer = `model.layers.${i}`;
    const attention = `${layer}.self_attn`;
    const { numAttentionHeads: H, qLoraRank: Q, kvLoraRank: C } = config;
    add(`${layer}.input_layernorm.weight`, [E], "norm");
    add(`${attention}.q_a_proj.weight`, [Q, E]);
    add(`${attention}.q_a_layernorm.weight`, [Q], "norm");
    add(`${attention}.q_b_proj.weight`, [H * (config.qkNopeHeadDim + config.qkRopeHeadDim), Q]);
    add(`${attention}.kv_a_proj_with_mqa.weight`, [C + config.qkRopeHeadDim, E]);
    add(`${attention}.kv_a_layernorm.weight`, [C], "norm");
    add(`${attention}.kv_b_proj.weight`, [H * (config.qkNopeHeadDim + config.vHeadDim), C]);
    add(`${attention}.o_proj.weight`, [E, H * config.vHeadDim]);
    if (config.indexer) {
      const { nHeads, headDim } = config.indexer;
      add(`${attention}.indexer.wq_b.weight`, [nHeads * headDim, Q], "matrix", true);
      add(`${attention}.indexer.wk.weight`, [headDim, E], "matrix", true);
      add(`${attention}.indexer.k_norm.weight`, [headDim], "norm", true);
      add(`${attention}.indexer.k_norm.bias`, [headDim], "bias", true);
      add(`${attention}.indexer.weights_proj.weight`, [nHeads, E], "matrix", true);
    }
    add(`${layer}.post_attention_layernorm.weight`, [E], "norm");
    if (isDense(config, i)) mlp(`${layer}.mlp`, config.intermediateSize);
    else {
      add(`${layer}.mlp.gate.weight`, [config.nRoutedExperts, E]);
      if (config.topkMethod === "noaux_tc")
        add(`${layer}.mlp.gate.e_score_correction_bias`, [config.nRoutedExperts], "router-bias");
      mlp(`${layer}.mlp.experts.*`, config.moeIntermediateSize, [config.nRoutedExperts]);
      if (config.nSharedExperts > 0)
        mlp(`${layer}.mlp.shared_experts`, config.moeIntermediateSize * config.nSharedExperts);
    }
  };
  add("model.embed_tokens.weight", [config.vocabSize, E], "embedding");
  for (let i = 0; i < config.numHiddenLayers; i++) decoderLayer(i);
  add("model.norm.weight", [E], "norm");
  if (!config.tieWordEmbeddings) add("lm_head.weight", [config.vocabSize, E], "embedding");
  if (config.numNextnPredictLayers > 0) {
    add(`${mtp}.enorm.weight`, [E], "norm");
    add(`${mtp}.hnorm.weight`, [E], "norm");
    add(`${mtp}.eh_proj.weight`, [E, 2 * E]);
    decoderLayer(config.numHiddenLayers);
    add(`${mtp}.shared_head.norm.weight`, [E], "norm");
  }
  return specs;
}

/** Arranges parameters found by name into the structure the network reads. */
export function bindWeights(config: ModelConfig, get: (name: string) => Tensor): ModelWeights {
  const mlp = (prefix: string): MlpWeights => ({
    gateProj: get(`${prefix}.gate_proj.weight`),
    upProj: get(`${prefix}.up_proj.weight`),
    downProj: get(`${prefix}.down_proj.weight`),
  });
  const moe = (prefix: string): MoeWeights => ({
    gate: get(`${prefix}.gate.weight`),
    ...(config.topkMethod === "noaux_tc" ? { scoreCorrectionBias: get(`${prefix}.gate.e_score_correction_bias`) } : {}),
    experts: mlp(`${prefix}.experts.*`),
    ...(config.nSharedExperts > 0 ? { shared: mlp(`${prefix}.shared_experts`) } : {}),
  });
  const indexer = (prefix: string): IndexerWeights => ({
    wqB: get(`${prefix}.wq_b.weight`),
    wk: get(`${prefix}.wk.weight`),
    kNormWeight: get(`${prefix}.k_norm.weight`),
    kNormBias: get(`${prefix}.k_norm.bias`),
    weightsProj: get(`${prefix}.weights_proj.weight`),
  });
  const layer = (i: number): LayerWeights => {
    const prefix = `model.layers.${i}`;
    const attention = `${prefix}.self_attn`;
    return {
      inputLayernorm: get(`${prefix}.input_layernorm.weight`),
      attention: {
        qAProj: get(`${attention}.q_a_proj.weight`),
        qALayernorm: get(`${attention}.q_a_layernorm.weight`),
        qBProj: get(`${attention}.q_b_proj.weight`),
        kvAProj: get(`${attention}.kv_a_proj_with_mqa.weight`),
        kvALayernorm: get(`${attention}.kv_a_layernorm.weight`),
        kvBProj: get(`${attention}.kv_b_proj.weight`),
        oProj: get(`${attention}.o_proj.weight`),
        ...(config.indexer ? { indexer: indexer(`${attention}.indexer`) } : {}),
      },
      postAttentionLayernorm: get(`${prefix}.post_attention_layernorm.weight`),
      mlp: isDense(config, i) ? mlp(`${prefix}.mlp`) : moe(`${prefix}.mlp`),
    };
  };
  const mtp = (i: number): MtpWeights => {
    const prefix = `model.layers.${i}`;
    return {
      enorm: get(`${prefix}.enorm.weight`),
      hnorm: get(`${prefix}.hnorm.weight`),
      ehProj: get(`${prefix}.eh_proj.weight`),
      layer: layer(i),
      norm: get(`${prefix}.shared_head.norm.weight`),
    };
  };
  const embedTokens = get("model.embed_tokens.weight");
  return {
    embedTokens,
    layers: Array.from({ length: config.numHiddenLayers }, (_, i) => layer(i)),
    norm: get("model.norm.weight"),
    lmHead: config.tieWordEmbeddings ? embedTokens : get("lm_head.weight"),
    ...(config.numNextnPredictLayers > 0 ? { mtp: mtp(config.numHiddenLayers) } : {}),
  };
}
