/** A supervisor: keeps one engine worker running, with back-off where it does not live. */

import type { EngineClient } from "./engine-client.js";
import { EngineError } from "./errors.js";
import type { LoadOptions, WorkerMessage } from "./protocol.js";
import type { EngineWorker, StartWorker } from "./workers/engine-worker.js";

const FIRST_DELAY_MS = 250;
/** For a worker that loads its model and then dies: whoever kills it has to send a request each time. */
const LONGEST_DELAY_MS = 1000;
/** For one that dies while it loads. */
const LONGEST_LOAD_DELAY_MS = 30_000;
/** What loading a model is taken to need when clients are told when to come back. */
const LOAD_MS = 1000;
/** How long a worker may take to end by itself before it is made to. */
const CLOSE_MS = 5000;

/**
 * Waits before the next start. A worker that generated something is started again at once; one that dies before it does
 * waits twice as long each time.
 * @param failures workers in a row that generated nothing
 * @param loaded whether the last one loaded its model
 * @returns milliseconds
 */
export function restartDelay(failures: number, loaded: boolean): number {
  if (failures === 0) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), loaded ? LONGEST_DELAY_MS : LONGEST_LOAD_DELAY_MS);
}

function logCrash(message: string): void {
  console.error(`cachalot: ${message}`);
}

export class Supervisor {
  #worker: EngineWorker | undefined;
  #isReady = false;
  #isClosing = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly startWorker: StartWorker,
    private options: LoadOptions,
    private readonly client: EngineClient,
    private readonly onCrash: (message: string) => void = logCrash,
  ) {}

  /**
   * Starts the first worker; returns the context length of its model.
   * @throws EngineError `load_failed` with the reason: what does not start once is not tried again.
   */
  async start(): Promise<number> {
    const worker = this.startWorker();
    this.#worker = worker;
    this.client.attach(worker.port);
    worker.port.postMessage({ type: "load", options: this.options });
    const contextLength = await ready(worker);
    this.#isReady = true;
    void worker.ended.then((reason) => this.#workerEnded(reason));
    return contextLength;
  }

  /**
   * Replaces the weights between two steps; a worker that is started again has them, too. Resolves to their version.
   * @throws EngineError `load_failed`; the old weights stay.
   */
  async loadWeights(dir: string): Promise<number> {
    const weightsVersion = await this.client.loadWeights(dir);
    this.options = { ...this.options, dir, weightsVersion };
    return weightsVersion;
  }

  /** Ends the worker; pending generations fail with EngineError `closed`. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    this.client.stop(new EngineError("closed", "The engine was closed; start it again"));
    const worker = this.#worker;
    if (!worker) return;
    if (!this.#isReady) worker.kill();
    worker.port.postMessage({ type: "close" });
    const timer = setTimeout(() => worker.kill(), CLOSE_MS);
    await worker.ended;
    clearTimeout(timer);
  }

  #workerEnded(reason: string): void {
    if (this.#isClosing) return;
    this.#failures = this.client.hasGenerated ? 0 : this.#failures + 1;
    this.#startAgain(`the engine ${reason}`, () => reason);
  }

  #startAgain(what: string, reason: () => string): void {
    const delay = restartDelay(this.#failures, this.#isReady);
    this.#isReady = false;
    this.#worker = undefined;
    this.client.detach(reason(), delay + LOAD_MS);
    this.onCrash(`${what}; ${nextTry(this.#failures, delay)}`);
    this.#timer = setTimeout(() => {
      this.start().catch((error: Error) => {
        if (this.#isClosing) return;
        this.#failures++;
        this.#startAgain(`the engine could not be started again: ${error.message}`, () => "could not be started again");
      });
    }, delay);
  }
}

function nextTry(failures: number, delay: number): string {
  if (failures <= 1) return "its answers are lost, and it is being started again";
  return (
    `it failed ${failures} times in a row without generating anything and is tried again in ${delay / 1000} s. ` +
    "If this goes on, look for what ends it: memory, the native kernels (try --device reference), the checkpoint"
  );
}

function ready(worker: EngineWorker): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new EngineError("load_failed", reason));
    worker.port.on("message", (message: WorkerMessage) => {
      if (message.type === "ready") resolve(message.contextLength);
      else if (message.type === "load-failed") fail(message.message);
    });
    void worker.ended.then((reason) => fail(`the engine ${reason} while it loaded the model`));
  });
}
