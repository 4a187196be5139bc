/** A checkpoint directory as Hugging Face lays it out: config.json, and the weights in one file or in shards with an index. */

import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { configText, formatConfig, type ModelConfig, withoutMtp } from "../config/index.js";
import { INDEX, SINGLE } from "./shards.js";
import { type AnyTensor, byteLength, writeSafetensors } from "./write.js";

/**
 * Writes config.json and the weights into a directory, which is made where it is missing. The config written promises
 * multi-token-prediction layers only where their tensors are given.
 * @throws ModelError as `writeSafetensors`.
 */
export async function writeCheckpoint(
  dir: string,
  {
    config,
    tensors,
    shardBytes = Number.POSITIVE_INFINITY,
    quantization,
  }: {
    config: ModelConfig;
    tensors: readonly AnyTensor[];
    /** Begin another file before one has more bytes than so many. Default: one file. */
    shardBytes?: number | undefined;
    /** `quantization_config` of config.json. */
    quantization?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const torchDtype = tensors.some(({ dtype }) => dtype === "bf16") ? "bfloat16" : "float32";
  const hasMtp = tensors.some(({ name }) => name.startsWith(`model.layers.${config.numHiddenLayers}.`));
  const written = formatConfig(hasMtp ? config : withoutMtp(config), torchDtype);
  const text = configText(quantization ? { ...written, quantization_config: quantization } : written);
  await writeAtomic(join(dir, "config.json"), text);
  const shards = sharded(tensors, shardBytes);
  if (shards.length === 1) {
    await writeSafetensors(join(dir, SINGLE), tensors);
    return removeOthers(dir, [SINGLE]);
  }
  const weightMap: Record<string, string> = {};
  for (const [i, shard] of shards.entries()) {
    const file = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    await writeSafetensors(join(dir, file), shard);
    for (const { name } of shard) weightMap[name] = file;
  }
  const total = tensors.reduce((sum, tensor) => sum + byteLength(tensor), 0);
  const index = { metadata: { total_size: total }, weight_map: weightMap };
  await writeAtomic(join(dir, INDEX), `${JSON.stringify(index, null, 2)}\n`);
  await removeOthers(dir, [INDEX, ...Object.values(weightMap)]);
}

/** Weights of another layout that lay there before would be read, or downloaded, in place of these. */
async function removeOthers(dir: string, kept: readonly string[]): Promise<void> {
  for (const name of await readdir(dir))
    if (/^model(?:-\d{5}-of-\d{5})?\.safetensors(?:\.index\.json)?$/.test(name) && !kept.includes(name))
      await rm(join(dir, name));
}

const number = (value: number): string => String(value).padStart(5, "0");

/** Tensors in their order, a shard's as many as fit. */
function sharded(tensors: readonly AnyTensor[], shardBytes: number): AnyTensor[][] {
  const shards: AnyTensor[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    const more = byteLength(tensor);
    if (bytes > 0 && bytes + more > shardBytes) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)!.push(tensor);
    bytes += more;
  }
  return shards;
}
