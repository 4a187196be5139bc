import { type Context, concat, gatherRows, linear, rmsNorm, type Tensor } from "@cachalot/tensor";
import { decoderLayer, type LayerPass } from "./decoder-layer.js";
import type { Network } from "./network.js";

/** What the multi-token-prediction module reads. */
export interface MtpInput {
  /** `[rows, E]`, after the model's final norm */
  hidden: Tensor;
  /** i32 `[rows]`: the token behind each row's */
  next: Tensor;
}

/**
 * The multi-token-prediction module of DeepSeek-V3 (report 2412.19437, section 2.2): from the model's hidden state `h_t` and
 * the token t+1, a state whose logits predict token t+2. One projection joins the two, one decoder layer with a cache of its
 * own follows. The paper leaves open whether `h_t` is taken before or after the model's final norm, and writes the halves of
 * the projection the other way round; vLLM (`deepseek_mtp.py`) and SGLang (`deepseek_nextn.py`) take it after the norm, put
 * the embedding first as the published weights want it, and count positions by `t`. So do we. (vLLM also blanks the embedding
 * at position 0, which neither the paper nor SGLang do.)
 *
 * Only for a model with the layer (`config.numNextnPredictLayers`).
 * @returns `[rows, E]`, normed for the output head it shares with the model.
 */
export function mtpForward(ctx: Context, network: Network, input: MtpInput, pass: LayerPass): Tensor {
  const { config, weights } = network;
  const { layer, norm } = weights.mtp!;
  const x = decoderLayer(ctx, mtpInput(ctx, network, input), { index: config.numHiddenLayers, weights: layer }, pass);
  return rmsNorm(ctx, x, norm, config.rmsNormEps);
}

/** The MTP input projection: `[rows, E]`, what its decoder layer reads. */
function mtpInput(ctx: Context, { config, weights }: Network, { hidden, next }: MtpInput): Tensor {
  const { enorm, hnorm, ehProj } = weights.mtp!;
  const [rows, E] = hidden.shape as [number, number];
  const oneHead = (x: Tensor) => ctx.reshape(x, [rows, 1, E]);
  const embedded = rmsNorm(ctx, gatherRows(ctx, weights.embedTokens, next), enorm, config.rmsNormEps);
  const state = rmsNorm(ctx, hidden, hnorm, config.rmsNormEps);
  return linear(ctx, ctx.reshape(concat(ctx, oneHead(embedded), oneHead(state)), [rows, 2 * E]), ehProj);
}
