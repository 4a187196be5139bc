import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { ModelError } from "../errors.js";
import { readJson } from "../json/read-json.js";

export interface ShardPlan {
  /** Files to open. */
  files: string[];
  /** Shard of each tensor, where an index says so. */
  weightMap?: ReadonlyMap<string, string>;
}

const INDEX = "model.safetensors.index.json";

/** Which files make up the checkpoint at `path`: one safetensors file, or a directory with one or with shards. */
export async function planShards(path: string): Promise<ShardPlan> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new ModelError("missing_file", `${path} does not exist; pass a checkpoint directory or a .safetensors file`);
  if (!stat.isDirectory()) return { files: [path] };
  const single = join(path, "model.safetensors");
  const index = join(path, INDEX);
  if (existsSync(index)) return readIndex(path, index);
  if (existsSync(single)) return { files: [single] };
  throw new ModelError(
    "missing_file",
    `${path} holds neither model.safetensors nor ${INDEX}; check the path, or download the weights`,
  );
}

async function readIndex(dir: string, path: string): Promise<ShardPlan> {
  const fail = (reason: string): never => {
    throw new ModelError("invalid_checkpoint", `${path}: ${reason}; download or write the checkpoint again`);
  };
  const json = await readJson(path, "invalid_checkpoint");
  const map = isObject(json) ? json.weight_map : undefined;
  if (!isObject(map)) return fail("weight_map must be an object of tensor names to file names");
  const weightMap = new Map<string, string>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== "string") return fail(`weight_map of "${name}" is no file name`);
    if (basename(file) !== file || !file.endsWith(".safetensors") || file.startsWith("."))
      return fail(`weight_map of "${name}" is "${file.slice(0, 200)}", not a .safetensors file of this directory`);
    weightMap.set(name, join(dir, file));
  }
  if (weightMap.size === 0) return fail("weight_map is empty");
  const files = [...new Set(weightMap.values())].sort();
  for (const file of files)
    if (!existsSync(file))
      throw new ModelError("missing_file", `${file} is missing, but ${path} names it; download it`);
  return { files, weightMap };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
