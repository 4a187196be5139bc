import { basename, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { AttentionMode, WeightDtype } from "@cachalot/model";
import type { DeviceName } from "@cachalot/tensor";
import { EngineClient } from "./engine-client.js";
import { EngineError } from "./errors.js";
import { LocalEngine } from "./local-engine.js";
import type { WorkerMessage } from "./protocol.js";

/** What the worker is started with. */
export interface WorkerOptions {
  dir: string;
  deviceName: DeviceName | undefined;
  weights: WeightDtype;
  attention: AttentionMode | undefined;
  contextLength: number | undefined;
  maxSequences: number;
  prefillChunk: number;
  cacheBytes: number;
  draft: boolean;
}

export interface EngineOptions {
  /** Name clients ask for. Default: the checkpoint directory's. */
  id?: string;
  /** Default: cpu where it works, else reference. */
  device?: DeviceName;
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
   * Memory for caches, of running sequences and of finished ones kept for prompts that begin the same way; at least what one
   * sequence of `contextLength` takes. Used as needed. Default 1 GiB.
   */
  cacheBytes?: number;
  /**
   * Where the checkpoint has a multi-token-prediction layer, guess a token ahead with it and check the guess in the next
   * forward pass: fewer passes for the same distribution of answers. Default true.
   */
  draft?: boolean;
}

/**
 * Loads a checkpoint directory into a worker thread.
 * @throws EngineError `load_failed` with the reason.
 */
export async function startEngine(dir: string, options: EngineOptions = {}): Promise<LocalEngine> {
  const maxSequences = options.maxSequences ?? 8;
  const workerOptions: WorkerOptions = {
    dir: resolve(dir),
    deviceName: options.device,
    weights: options.weights ?? "f32",
    attention: options.attention,
    contextLength: options.contextLength,
    maxSequences,
    prefillChunk: options.prefillChunk ?? 256,
    cacheBytes: options.cacheBytes ?? 2 ** 30,
    draft: options.draft ?? true,
  };
  const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: workerOptions });
  const contextLength = await ready(worker);
  const port = {
    postMessage: (message: unknown) => worker.postMessage(message),
    on: worker.on.bind(worker) as Worker["on"],
    close: () => void worker.terminate(),
  };
  const client = new EngineClient(port, { maxSequences, maxQueue: options.maxQueue ?? 32 });
  let closing = false;
  const exited = new Promise<void>((done) => worker.once("exit", () => done()));
  worker.once("error", (error) =>
    client.stop(new EngineError("worker_stopped", `The engine failed: ${error.message}`)),
  );
  void exited.then(() => {
    if (!closing) client.stop(new EngineError("worker_stopped", "The engine's thread ended; start the engine again"));
  });
  return new LocalEngine(options.id ?? basename(resolve(dir)), contextLength, client, async () => {
    closing = true;
    client.stop(new EngineError("closed", "The engine was closed; start it again"));
    worker.postMessage({ type: "close" });
    await exited;
  });
}

function ready(worker: Worker): Promise<number> {
  return new Promise((resolveReady, reject) => {
    const fail = (reason: string) => reject(new EngineError("load_failed", reason));
    worker.once("message", (message: WorkerMessage) => {
      if (message.type === "ready") resolveReady(message.contextLength);
      else fail(message.type === "load-failed" ? message.message : "the engine's thread sent no greeting");
    });
    worker.once("error", (error) => fail(error.message));
    worker.once("exit", (code) => fail(`the engine's thread ended with code ${code} while it loaded the model`));
  });
}
