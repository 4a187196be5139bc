import type { Checkpoint } from "../checkpoint/index.js";
import { ModelError } from "../errors.js";
import type { ParameterSpec } from "./weights.js";

/**
 * One parameter of a checkpoint in float32, experts stacked.
 * @throws ModelError `missing_tensor`, `shape_mismatch` where the checkpoint and config.json do not belong together, or as
 * `Checkpoint.readWeight`.
 */
export async function readParameter(
  checkpoint: Checkpoint,
  { name, shape }: Pick<ParameterSpec, "name" | "shape">,
): Promise<Float32Array> {
  if (!name.includes("experts.*")) return readChecked(checkpoint, name, shape);
  const [count, ...one] = shape as [number, ...number[]];
  const size = one.reduce((product, dim) => product * dim, 1);
  const stacked = new Float32Array(count * size);
  for (let expert = 0; expert < count; expert++)
    stacked.set(await readChecked(checkpoint, name.replace("*", String(expert)), one), expert * size);
  return stacked;
}

async function readChecked(checkpoint: Checkpoint, name: string, shape: readonly number[]): Promise<Float32Array> {
  if (!checkpoint.has(name))
    throw new ModelError(
      "missing_tensor",
      `the checkpoint has no tensor ${name}, but config.json asks for it; ${adviceFor(name, checkpoint.names())}`,
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
function adviceFor(name: string, others: readonly string[]): string {
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
