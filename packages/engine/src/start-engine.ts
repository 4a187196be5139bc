import { basename, resolve } from "node:path";
import type { DeviceName } from "@cachalot/tensor";
import type { LocalEngine } from "./local-engine.js";
import { type ModelOptions, superviseEngine } from "./model-options.js";
import { startProcess } from "./workers/process.js";
import { startThread } from "./workers/thread.js";

export interface EngineOptions extends ModelOptions {
  /** Default: cpu where it works, else wasm. */
  device?: DeviceName;
  /**
   * Where the model runs. A thread costs least; when a kernel crashes, the program does. A process costs the answers it was
   * giving, and is started again. Default "thread".
   */
  isolation?: "thread" | "process";
}

/**
 * Loads a checkpoint directory into a supervised worker: when that dies, its generations fail, and it is started again.
 * @throws EngineError `load_failed` with the reason.
 */
export function startEngine(dir: string, options: EngineOptions = {}): Promise<LocalEngine> {
  return superviseEngine(dir, options, {
    startWorker: options.isolation === "process" ? startProcess : startThread,
    absolute: resolve,
    name: basename(resolve(dir)),
  });
}
