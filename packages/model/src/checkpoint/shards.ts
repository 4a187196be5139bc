import { ModelError } from "../errors.js";
import { readJson } from "../json/read-json.js";
import { hasFile } from "../source/open.js";
import type { CheckpointSource } from "../source/source.js";

export interface ShardPlan {
  /** Files to open, by name. */
  files: string[];
  /** Shard of each tensor, where an index says so. */
  weightMap?: ReadonlyMap<string, string>;
}

export const INDEX = "model.safetensors.index.json";
export const SINGLE = "model.safetensors";

/** Which files make up a checkpoint: one safetensors file, or a folder with one or with shards. */
export async function planShards(source: CheckpointSource): Promise<ShardPlan> {
  if (source.file) return { files: [source.file] };
  if (await hasFile(source, INDEX)) return readIndex(source);
  if (await hasFile(source, SINGLE)) return { files: [SINGLE] };
  throw new ModelError(
    "missing_file",
    `${source.location} holds neither ${SINGLE} nor ${INDEX}; check the path, or download the weights`,
  );
}

async function readIndex(source: CheckpointSource): Promise<ShardPlan> {
  const { json, path } = await readJson(source, INDEX, "invalid_checkpoint");
  const fail = (reason: string): never => {
    throw new ModelError("invalid_checkpoint", `${path}: ${reason}; download or write the checkpoint again`);
  };
  const map = isObject(json) ? json.weight_map : undefined;
  if (!isObject(map)) return fail("weight_map must be an object of tensor names to file names");
  const weightMap = new Map<string, string>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== "string") return fail(`weight_map of "${name}" is no file name`);
    if (/[\\/]/.test(file) || !file.endsWith(".safetensors") || file.startsWith("."))
      return fail(`weight_map of "${name}" is "${file.slice(0, 200)}", not a .safetensors file of this directory`);
    weightMap.set(name, file);
  }
  if (weightMap.size === 0) return fail("weight_map is empty");
  const files = [...new Set(weightMap.values())].sort();
  for (const file of files)
    if (!(await hasFile(source, file)))
      throw new ModelError("missing_file", `${file} is missing, but ${path} names it; download it`);
  return { files, weightMap };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
