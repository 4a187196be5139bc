import type { Checkpoint } from "../checkpoint/index.js";
import type { ModelConfig } from "../config/index.js";
import { keyHalf, valueHalf } from "../network/kv-b.js";
import { readParameter } from "../network/read-parameter.js";
import { type ParameterSpec, parameterSpecs } from "../network/weights.js";
import type { GgmlType, GgufTensor } from "./gguf-file.js";
import { turned } from "./llama-rotation.js";
import { MIN_INDEXER_DIM } from "./metadata.js";
import { encodeValues } from "./quantize.js";

/** Names of a layer's tensors there, by ours. kv_b_proj is cut in two and the indexer's may be widened. */
const LAYER_NAMES: Readonly<Record<string, string>> = {
  "input_layernorm.weight": "attn_norm.weight",
  "post_attention_layernorm.weight": "ffn_norm.weight",
  "self_attn.q_a_proj.weight": "attn_q_a.weight",
  "self_attn.q_a_layernorm.weight": "attn_q_a_norm.weight",
  "self_attn.q_b_proj.weight": "attn_q_b.weight",
  "self_attn.kv_a_proj_with_mqa.weight": "attn_kv_a_mqa.weight",
  "self_attn.kv_a_layernorm.weight": "attn_kv_a_norm.weight",
  "self_attn.o_proj.weight": "attn_output.weight",
  "self_attn.indexer.wq_b.weight": "indexer.attn_q_b.weight",
  "self_attn.indexer.wk.weight": "indexer.attn_k.weight",
  "self_attn.indexer.k_norm.weight": "indexer.k_norm.weight",
  "self_attn.indexer.k_norm.bias": "indexer.k_norm.bias",
  "self_attn.indexer.weights_proj.weight": "indexer.proj.weight",
  "mlp.gate_proj.weight": "ffn_gate.weight",
  "mlp.up_proj.weight": "ffn_up.weight",
  "mlp.down_proj.weight": "ffn_down.weight",
  "mlp.gate.weight": "ffn_gate_inp.weight",
  "mlp.gate.e_score_correction_bias": "exp_probs_b.bias",
  "mlp.experts.*.gate_proj.weight": "ffn_gate_exps.weight",
  "mlp.experts.*.up_proj.weight": "ffn_up_exps.weight",
  "mlp.experts.*.down_proj.weight": "ffn_down_exps.weight",
  "mlp.shared_experts.gate_proj.weight": "ffn_gate_shexp.weight",
  "mlp.shared_experts.up_proj.weight": "ffn_up_shexp.weight",
  "mlp.shared_experts.down_proj.weight": "ffn_down_shexp.weight",
};

const GLOBAL_NAMES: Readonly<Record<string, string>> = {
  "model.embed_tokens.weight": "token_embd.weight",
  "model.norm.weight": "output_norm.weight",
  "lm_head.weight": "output.weight",
};

/** Read by llama.cpp in float32 only, whatever the file's type. */
const ALWAYS_F32 = /^(ffn_gate_inp|indexer\.proj)\.weight$/;

/** Every tensor of the file, each read from the checkpoint when it is written. */
export function ggufTensors(config: ModelConfig, checkpoint: Checkpoint, type: GgmlType): GgufTensor[] {
  const tensors: GgufTensor[] = [];
  const add = (name: string, shape: readonly number[], read: () => Promise<Float32Array>) => {
    const stored = shape.length === 1 || ALWAYS_F32.test(name.replace(/^blk\.\d+\./, "")) ? "f32" : type;
    tensors.push({ name, shape, type: stored, bytes: async () => encodeValues(await read(), stored) });
  };
  for (const spec of parameterSpecs(config)) {
    const { name, shape } = spec;
    const read = async () => turned(config, name, await readParameter(checkpoint, spec));
    const [, layer, rest] = /^model\.layers\.(\d+)\.(.*)$/.exec(name) ?? [];
    if (layer === undefined) add(GLOBAL_NAMES[name]!, shape, read);
    else if (rest === "self_attn.kv_b_proj.weight") addKvB(config, `blk.${layer}`, add, read);
    else if (rest!.startsWith("self_attn.indexer."))
      addIndexer(config, spec, `blk.${layer}.${LAYER_NAMES[rest!]}`, add, read);
    else add(`blk.${layer}.${LAYER_NAMES[rest!]}`, shape, read);
  }
  if (config.tieWordEmbeddings)
    add("output.weight", [config.vocabSize, config.hiddenSize], () =>
      checkpoint.readWeight("model.embed_tokens.weight"),
    );
  return tensors;
}

type Read = () => Promise<Float32Array>;
type Add = (name: string, shape: readonly number[], read: Read) => void;

/** kv_b_proj [H*(N+V), C] as attn_k_b [H, C, N], transposed, and attn_v_b [H, V, C]. */
function addKvB(config: ModelConfig, prefix: string, add: Add, read: Read): void {
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = config;
  add(`${prefix}.attn_k_b.weight`, [H, C, N], async () => keyHalf(await read(), config));
  add(`${prefix}.attn_v_b.weight`, [H, V, C], async () => valueHalf(await read(), config));
}

/**
 * Indexer tensors, widened to heads of 64 where they are narrower: key rows appear twice, so that the layer norm's mean and
 * variance stay, and the copies are silenced by a zero weight, a zero bias and zero queries.
 */
function addIndexer(
  config: ModelConfig,
  { name, shape }: Pick<ParameterSpec, "name" | "shape">,
  to: string,
  add: Add,
  read: Read,
): void {
  const { nHeads, headDim } = config.indexer!;
  const wide = Math.max(headDim, MIN_INDEXER_DIM);
  const inner = shape[1]!;
  if (wide === headDim || name.endsWith("weights_proj.weight")) add(to, shape, read);
  else if (name.endsWith("wk.weight"))
    add(to, [wide, inner], async () => {
      const values = await read();
      return Float32Array.of(...values, ...values);
    });
  else if (name.includes("k_norm"))
    add(to, [wide], async () => {
      const out = new Float32Array(wide);
      out.set(await read());
      return out;
    });
  else
    add(to, [nHeads * wide, inner], async () => {
      const values = await read();
      const out = new Float32Array(nHeads * wide * inner);
      for (let h = 0; h < nHeads; h++)
        out.set(values.subarray(h * headDim * inner, (h + 1) * headDim * inner), h * wide * inner);
      return out;
    });
}
