import {
  add,
  attentionMass,
  type Context,
  crossEntropy,
  gatherLast,
  gatherRows,
  linear,
  rmsNorm,
  type Tensor,
  weightedSum,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type AttentionMode, coreAttention, type MlaForm, mlaOperands, projectMla } from "./attention.js";
import { denseIndexerLoss, sparseIndexerLoss } from "./indexer-loss.js";
import { denseMlp, moe } from "./mlp.js";
import { mtpBatch } from "./mtp-batch.js";
import { joinNext } from "./multi-token-prediction.js";
import { requireTokens } from "./require-tokens.js";
import type { RopeCache, RopeTables } from "./rope.js";
import { selectForTraining } from "./training-selection.js";
import { isMoe, type LayerWeights, type ModelWeights } from "./weights.js";

/** Rows of packed documents, `batch` x `seq`, flattened. */
export interface TrainingBatch {
  batch: number;
  seq: number;
  /** `[B*S]` */
  inputs: Int32Array;
  /** `[B*S]`, -100 where no loss is wanted */
  targets: Int32Array;
  /** `[B*S]`, from 0 in each document; default 0..S-1 in each row */
  positions?: Int32Array;
  /** `[B*S]`, column where the token's document begins; default 0 */
  documentStart?: Int32Array;
}

export interface TrainingOptions {
  attention: AttentionMode;
  /** Compute the indexer's KL loss against this attention. Needs an indexer in the config. */
  indexerLoss: boolean;
  /** Weight of the multi-token-prediction loss, where the model has the layer. Default 0: the layer does not run. */
  mtpWeight?: number;
  /** Form of MLA; default MHA when dense, MQA when sparse. The numbers are the same. */
  form?: MlaForm;
  /** Also measure the share of dense attention mass that the indexer's selection holds (slow: for evaluation). */
  measureRecall?: boolean;
  /** Pairs of query and token whose scores a warm-up keeps at once. Default 2^24. */
  indexerLossPairs?: number;
}

export interface TrainingForward {
  /** Sum of what is to be minimised: language-model loss, plus indexer and multi-token-prediction losses where asked. `[1]` */
  total: Tensor;
  /** Mean cross-entropy over the targets, `[1]` */
  lmLoss: Tensor;
  /** Mean cross-entropy of the tokens after the next, unweighted, `[1]`; only where asked */
  mtpLoss: Tensor | undefined;
  /** Per layer: mean over batch and queries of KL(attention || softmax(index scores)), `[1]` each */
  indexerLosses: Tensor[];
  /** Per MoE layer, a multi-token-prediction layer last: chosen experts `[B*S, topK]` */
  experts: Tensor[];
  /** `[B*S, vocab]` */
  logits: Tensor;
  /** Per layer: share of dense attention mass inside the selected set, mean over queries; only when measured. */
  recall: number[];
}

interface LayerState {
  config: ModelConfig;
  batch: number;
  tables: RopeTables;
  documentStart: Tensor | undefined;
  options: TrainingOptions;
  /** `[B*S]`, one over the number of queries: the weights of the mean. */
  queryWeights: Tensor | undefined;
  result: Pick<TrainingForward, "indexerLosses" | "experts" | "recall">;
}

/** One forward pass in training form (no cache), with the losses of report section 2.1. @throws ModelError `invalid_token`. */
export function trainingForward(
  ctx: Context,
  config: ModelConfig,
  weights: ModelWeights,
  ropeCache: RopeCache,
  batch: TrainingBatch,
  options: TrainingOptions,
): TrainingForward {
  const rows = batch.batch * batch.seq;
  requireTokens(config, batch.inputs);
  const positions = batch.positions ?? Int32Array.from({ length: rows }, (_, i) => i % batch.seq);
  const result = { indexerLosses: [] as Tensor[], experts: [] as Tensor[], recall: [] as number[] };
  const state: LayerState = {
    config,
    batch: batch.batch,
    tables: ropeCache.tables(ctx, positions),
    documentStart: batch.documentStart && ctx.from("i32", [batch.batch, batch.seq], batch.documentStart),
    options,
    queryWeights: options.indexerLoss
      ? ctx.from("f32", [batch.batch, batch.seq], new Float32Array(rows).fill(1 / rows))
      : undefined,
    result,
  };
  let x = gatherRows(ctx, weights.embedTokens, ctx.from("i32", [rows], batch.inputs));
  for (const layer of weights.layers) x = trainingLayer(ctx, state, layer, x);
  const hidden = rmsNorm(ctx, x, weights.norm, config.rmsNormEps);
  const logits = linear(ctx, hidden, weights.lmHead);
  const lmLoss = meanCrossEntropy(ctx, logits, batch.targets);
  const mtpWeight = options.mtpWeight ?? 0;
  const mtpLoss = weights.mtp && mtpWeight > 0 ? mtpForward(ctx, state, weights, hidden, batch) : undefined;
  let total = result.indexerLosses.reduce((sum, loss) => add(ctx, sum, loss), lmLoss);
  if (mtpLoss) total = add(ctx, total, weightedSum(ctx, mtpLoss, ctx.from("f32", [1], Float32Array.of(mtpWeight))));
  return { total, lmLoss, mtpLoss, logits, ...result };
}

function meanCrossEntropy(ctx: Context, logits: Tensor, targets: Int32Array): Tensor {
  const rows = targets.length;
  const counted = targets.reduce((count, target) => count + (target === -100 ? 0 : 1), 0);
  return weightedSum(
    ctx,
    crossEntropy(ctx, logits, ctx.from("i32", [rows], targets)),
    ctx.from("f32", [rows], new Float32Array(rows).fill(1 / Math.max(counted, 1))),
  );
}

/** Loss of the multi-token-prediction module. Its gradients reach the model through the hidden states, embedding and head. */
function mtpForward(
  ctx: Context,
  state: LayerState,
  weights: ModelWeights,
  hidden: Tensor,
  batch: TrainingBatch,
): Tensor {
  const { config } = state;
  const { layer, norm } = weights.mtp!;
  const { next, targets } = mtpBatch(batch);
  const input = joinNext(ctx, config, weights, hidden, ctx.from("i32", [next.length], next));
  const x = trainingLayer(ctx, state, layer, input);
  return meanCrossEntropy(ctx, linear(ctx, rmsNorm(ctx, x, norm, config.rmsNormEps), weights.lmHead), targets);
}

function trainingLayer(ctx: Context, state: LayerState, weights: LayerWeights, x: Tensor): Tensor {
  const { config } = state;
  const normed = rmsNorm(ctx, x, weights.inputLayernorm, config.rmsNormEps);
  const attended = add(ctx, x, trainingAttention(ctx, state, weights, normed));
  const mlpInput = rmsNorm(ctx, attended, weights.postAttentionLayernorm, config.rmsNormEps);
  if (!isMoe(weights.mlp)) return add(ctx, attended, denseMlp(ctx, weights.mlp, mlpInput));
  const { output, experts } = moe(ctx, config, weights.mlp, mlpInput);
  state.result.experts.push(experts);
  return add(ctx, attended, output);
}

function trainingAttention(ctx: Context, state: LayerState, weights: LayerWeights, x: Tensor): Tensor {
  const { config, batch, documentStart, options, tables } = state;
  const sparse = options.attention === "sparse";
  const projection = projectMla(ctx, config, weights.attention, x, tables);
  const form = options.form ?? (sparse ? "mqa" : "mha");
  const operands = mlaOperands(ctx, config, weights.attention, form, batch, projection.queries, projection.latent);
  const { indexer } = projection;
  const indices =
    indexer && (sparse || options.measureRecall)
      ? selectForTraining(ctx, config, batch, indexer, documentStart)
      : undefined;
  const core = coreAttention(ctx, config, weights.attention, operands, documentStart, sparse ? indices : undefined);
  const { q, k, scale } = operands;
  if (options.indexerLoss && indexer) {
    const { logSumExp } = core;
    const input = { batch, indexer, operands, logSumExp, documentStart, queryWeights: state.queryWeights! };
    state.result.indexerLosses.push(
      sparse && indices
        ? sparseIndexerLoss(ctx, config, input, indices)
        : denseIndexerLoss(ctx, config, input, options.indexerLossPairs),
    );
  }
  if (options.measureRecall && indices && !sparse) {
    const mass = attentionMass(ctx, q, k, core.logSumExp, documentStart, { scale });
    const held = gatherLast(ctx, mass, indices, { fill: 0 });
    let sum = 0;
    for (const value of held.data) sum += value;
    state.result.recall.push(sum / (held.shape[0]! * held.shape[1]!));
  }
  return linear(ctx, core.output, weights.attention.oProj);
}
