import type { AttentionMode, WeightDtype } from "@cachalot/model";
import { EngineClient } from "./engine-client.js";
import { LocalEngine } from "./local-engine.js";
import type { LoadOptions } from "./protocol.js";
import { Supervisor } from "./supervisor.js";
import type { StartWorker } from "./workers/engine-worker.js";

/** How a model is run, wherever it is. */
export interface ModelOptions {
  /** Name clients ask for. Default: the checkpoint directory's. */
  id?: string;
  /** Default: the first device that works there. */
  device?: string;
  /**
   * bf16: matrices and latents in bf16, indexer keys in 8 bits; less than half the memory, and faster. q8: most matrices in 8
   * bits as well. Default f32.
   */
  weights?: WeightDtype;
  /** Default: sparse where the model has an indexer. */
  attention?: AttentionMode;
  /** Tokens of prompt and answer; default and most: what the model was made for. */
  contextLength?: number;
  /** Sequences generated at once. Default 8. */
  maxSequences?: number;
  /** Generations that may wait beyond those. Default 32. */
  maxQueue?: number;
  /** Prompt tokens read per step. Default 256. */
  prefillChunk?: number;
  /**
   * Memory for caches, of running sequences and of finished ones kept for prompts that begin the same way, what finds them
   * again included; at least what one sequence of `contextLength` takes. Used as needed. Default 1 GiB.
   */
  cacheBytes?: number;
  /**
   * Where the checkpoint has a multi-token-prediction layer, guess a token ahead with it and check the guess in the next
   * forward pass: fewer passes for the same distribution of answers. Default true.
   */
  draft?: boolean;
  /** It always thinks and knows no tools, as V3.2-Speciale; a request for tools is refused. Default false. */
  thinkingOnly?: boolean;
  /** Told in a sentence that the worker died, and when it is tried again. Default: standard error. */
  onCrash?: (message: string) => void;
}

/**
 * Loads a checkpoint into a supervised worker: when that dies, its generations fail, and it is started again.
 * @param where the checkpoint's path or address, made absolute by `absolute`, or its files
 * @throws EngineError `load_failed` with the reason.
 */
export async function superviseEngine(
  where: LoadOptions["dir"],
  options: ModelOptions & Pick<LoadOptions, "kernelsAddress">,
  { startWorker, absolute, name }: { startWorker: StartWorker; absolute(where: string): string; name: string },
): Promise<LocalEngine> {
  const maxSequences = options.maxSequences ?? 8;
  const load: LoadOptions = {
    dir: typeof where === "string" ? absolute(where) : where,
    deviceName: options.device,
    weights: options.weights ?? "f32",
    attention: options.attention,
    contextLength: options.contextLength,
    maxSequences,
    prefillChunk: options.prefillChunk ?? 256,
    cacheBytes: options.cacheBytes ?? 2 ** 30,
    draft: options.draft ?? true,
    weightsVersion: 0,
    kernelsAddress: options.kernelsAddress,
  };
  const client = new EngineClient({ maxSequences, maxQueue: options.maxQueue ?? 32 });
  const supervisor = new Supervisor(startWorker, load, client, options.onCrash);
  const contextLength = await supervisor.start();
  const worker = {
    close: () => supervisor.close(),
    loadWeights: (other: string) => supervisor.loadWeights(absolute(other)),
  };
  return new LocalEngine(options.id ?? name, contextLength, client, worker, options.thinkingOnly);
}
