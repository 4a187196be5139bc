import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { openCheckpoint } from "../checkpoint/index.js";
import { readConfig, withoutMtp } from "../config/index.js";
import { type GgmlType, writeGguf } from "./gguf-file.js";
import { modelMetadata, requireExportable } from "./metadata.js";
import { ggufTensors } from "./tensors.js";
import { tokenizerMetadata } from "./tokenizer-metadata.js";

export interface ExportOptions {
  /** Type of matrices; vectors, router and indexer weights stay float32. Default f32. */
  dtype?: GgmlType;
}

/**
 * Writes a checkpoint directory as a GGUF file for llama.cpp (architecture deepseek32). Tensors pass through one at a time. A
 * multi-token-prediction layer is left out; what remains is the whole model.
 * @returns the file's size in bytes.
 * @throws ModelError when the checkpoint is bad, or is nothing that llama.cpp's deepseek32 can hold.
 */
export async function exportGguf(dir: string, path: string, options: ExportOptions = {}): Promise<number> {
  const dtype = options.dtype ?? "f32";
  const config = withoutMtp(await readConfig(dir));
  requireExportable(config);
  const checkpoint = await openCheckpoint(dir);
  try {
    const metadata = new Map([
      ...modelMetadata(config, basename(resolve(dir)), dtype),
      ...(await tokenizerMetadata(dir, config)),
    ]);
    await writeGguf(path, metadata, ggufTensors(config, checkpoint, dtype));
    return statSync(path).size;
  } finally {
    await checkpoint.close();
  }
}
