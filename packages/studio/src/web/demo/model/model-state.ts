/** The model in this page: its download, then the engine in its Web Worker. */

import { type LocalEngine, startEngine } from "@cachalot/engine";
import { blobSource, loadTokenizer, type Tokenizer } from "@cachalot/model";
import kernelsAddress from "@cachalot/tensor/kernels.wasm?url";
import { signal } from "@preact/signals";
import workerAddress from "../worker.js?worker&url";
import { downloadModel } from "./download-model.js";

export interface LoadedModel {
  engine: LocalEngine;
  tokenizer: Tokenizer;
  /** From the first request to the engine's readiness, in milliseconds. */
  loadMs: number;
}

export type ModelState =
  | { kind: "downloading"; loaded: number; total: number; resumed: number }
  | { kind: "asking"; bytes: number; agree(): void }
  | { kind: "starting" }
  | { kind: "ready"; model: LoadedModel }
  | { kind: "failed"; message: string };

export const modelState = signal<ModelState>({ kind: "downloading", loaded: 0, total: 0, resumed: 0 });

/** Downloads the model and starts the engine; called again, it tries again with what is there. */
export async function start(): Promise<void> {
  const began = performance.now();
  let progress = { loaded: 0, total: 0, resumed: 0 };
  const report = (change: Partial<typeof progress>) => {
    progress = { ...progress, ...change };
    modelState.value = { kind: "downloading", ...progress };
  };
  try {
    const files = await downloadModel(new URL("model/", location.href).href, {
      onProgress: (loaded, total) => report({ loaded, total }),
      onResume: () => report({ resumed: progress.resumed + 1 }),
      confirm: (bytes) =>
        new Promise((agree) => {
          modelState.value = { kind: "asking", bytes, agree };
        }),
    });
    modelState.value = { kind: "starting" };
    const [engine, tokenizer] = await Promise.all([
      startEngine(files, { device: "wasm", weights: "bf16", workerAddress, kernelsAddress, maxSequences: 1 }),
      loadTokenizer(blobSource(files)),
    ]);
    modelState.value = { kind: "ready", model: { engine, tokenizer, loadMs: performance.now() - began } };
  } catch (error) {
    modelState.value = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
