/** The in-process policy: an engine in the caller's own thread over tensors that a trainer changes, for rollouts between its steps. */

import type { CompletionModel } from "@cachalot/chat";
import { type AttentionMode, CausalLM, copyParameters, type ModelConfig, withoutMtp } from "@cachalot/model";
import { BLOCK_SIZE, type Tensor } from "@cachalot/tensor";
import { EngineClient } from "../engine-client.js";
import { runEngineLoop } from "../engine-loop.js";
import { EngineError } from "../errors.js";
import type { EngineTokenizer } from "../language-model.js";
import { LocalEngine } from "../local-engine.js";
import { languageModelOf } from "../model-adapter.js";
import { portPair } from "./port-pair.js";

/** A trainer's network: its parameters in f32, by the names of `parameterSpecs`. */
export interface PolicyNetwork {
  config: ModelConfig;
  parameters: ReadonlyMap<string, Tensor>;
}

export interface PolicyOptions {
  /** f32: the trainer's own tensors, no copy. bf16, q8: copies, made anew by every `update`. */
  weights: "f32" | "bf16" | "q8";
  /** Sequences generated at once; any number more may wait. */
  maxSequences: number;
  /** Tokens of prompt and answer; the most is what the model was made for. */
  contextLength: number;
  /** Prompt tokens read per step. Default 512. */
  prefillChunk?: number;
  /** Default: sparse where the model has an indexer. */
  attention?: AttentionMode;
  /** How often the weights were replaced before, such as the steps a resumed run had done. Default 0. */
  version?: number;
}

/** What rollouts are drawn from. */
export interface InProcessPolicy<T extends EngineTokenizer> {
  /** Prompts are best given as ids; `record` brings the `generated` event. */
  readonly model: CompletionModel;
  readonly tokenizer: T;
  /** How often the weights were replaced; sampled tokens carry it. */
  readonly version: number;
  /**
   * To be called after the trainer has changed the weights: samples from now on are of the new ones, prefixes read with the old
   * ones are forgotten, and what is computed from weights (kv_b_proj taken apart, copies) is made again. Generations under way
   * go on with the new weights over what they have read. A trainer in f32 waits for its rollouts before it steps: they read the
   * tensors that it writes.
   */
  update(): Promise<void>;
  /** Ends pending generations with EngineError `closed`. The trainer's tensors stay. */
  close(): Promise<void>;
}

/**
 * Opens a policy over a trainer's tensors. It runs in this thread, one forward pass in each turn of the event loop: two cores
 * gain nothing from an engine beside the trainer, and with the very same f32 tensors there is no gap between training and
 * inference. Scheduler, sampler and recording are the engine's own. A multi-token-prediction layer is left out.
 */
export async function openPolicy<T extends EngineTokenizer>(
  { config: full, parameters }: PolicyNetwork,
  tokenizer: T,
  options: PolicyOptions,
): Promise<InProcessPolicy<T>> {
  const config = withoutMtp(full);
  const { weights, maxSequences } = options;
  const contextLength = Math.min(options.contextLength, config.maxPositionEmbeddings);
  const current = async () => (weights === "f32" ? parameters : await copyParameters(config, parameters, weights));
  const { device } = parameters.values().next().value!;
  const network = new CausalLM(config, device, await current(), {
    dtype: weights === "f32" ? "f32" : "bf16",
    borrowed: weights === "f32",
    // Every sequence of the longest kind, and a block each for a copy.
    maxTokens: maxSequences * (contextLength + 2 * BLOCK_SIZE),
  });
  const renew = async () => network.replaceParameters(await current());

  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const [client, worker] = portPair(closed);
  const engine = new EngineClient({ maxSequences, maxQueue: Number.POSITIVE_INFINITY });
  engine.attach(client);
  let version = options.version ?? 0;
  runEngineLoop(worker, languageModelOf(network, renew, options.attention), tokenizer, {
    contextLength,
    maxSequences,
    prefillChunk: options.prefillChunk ?? 512,
    weightsVersion: version,
  });

  /** The loop loads weights by directory; here they are where they always were. */
  const loadWeights = async (): Promise<number> => {
    version = await engine.loadWeights("");
    return version;
  };
  const close = async (): Promise<void> => {
    engine.stop(new EngineError("closed", "The policy was closed; open another one"));
    client.postMessage({ type: "close" });
    await isClosed;
  };
  const model = new LocalEngine("policy", contextLength, engine, { close, loadWeights });
  return {
    model,
    tokenizer,
    get version() {
      return version;
    },
    update: async () => void (await loadWeights()),
    close,
  };
}
