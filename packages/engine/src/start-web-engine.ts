import type { LocalEngine } from "./local-engine.js";
import { type ModelOptions, superviseEngine } from "./model-options.js";
import { type WebWorker, webWorkers } from "./workers/web.js";

export interface WebEngineOptions extends ModelOptions {
  /** Address of the worker's script, `@cachalot/engine/web-worker`, bundled as the page is. Default: beside this module. */
  workerAddress?: string;
  /** Address of `@cachalot/tensor/kernels.wasm`. Default: beside the worker's modules, as the packages lie. */
  kernelsAddress?: string;
}

/** Memory for caches in a page, bytes: tabs have less than machines. */
const CACHE_BYTES = 64 * 2 ** 20;

/**
 * Loads a checkpoint from a web server into a Web Worker: the same engine, and the same messages, as the worker thread of Node.
 * @param files address of the folder with config.json, tokenizer.json and the safetensors files, relative to the page; or those
 * files by name, which the page has already
 * @throws EngineError `load_failed` with the reason.
 */
export function startEngine(
  files: string | ReadonlyMap<string, Blob>,
  options: WebEngineOptions = {},
): Promise<LocalEngine> {
  const page = (globalThis as unknown as { location: { href: string } }).location.href;
  const absolute = (where: string): string => new URL(where, page).href;
  const { workerAddress, kernelsAddress, ...model } = options;
  const Worker = (globalThis as unknown as { Worker: new (address: string | URL, options: object) => WebWorker })
    .Worker;
  // Two calls, so that a bundler sees the usual form of the second.
  const create = () =>
    workerAddress
      ? new Worker(absolute(workerAddress), { type: "module" })
      : new Worker(new URL("./workers/web-entry.js", import.meta.url), { type: "module" });
  return superviseEngine(
    files,
    {
      cacheBytes: CACHE_BYTES,
      ...model,
      kernelsAddress: kernelsAddress && absolute(kernelsAddress),
    },
    { startWorker: webWorkers(create), absolute, name: typeof files === "string" ? nameIn(files) : "model" },
  );
}

const nameIn = (address: string): string => address.split("/").findLast((part) => part !== "") ?? "model";
