// The model the benchmarks run: 143M random parameters, 65M of them active, made once in data/dsa-100m.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CausalLM, loadParameters, readConfig } from "../packages/model/dist/index.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The checkpoint's directory, made where it does not exist. */
export function ensureCheckpoint() {
  const dir = path("../data/dsa-100m");
  if (!existsSync(`${dir}/model.safetensors`)) {
    const main = path("../packages/cli/dist/main.js");
    const { status } = spawnSync(process.execPath, [main, "init", path("dsa-100m"), dir, "--seed", "1"], {
      stdio: "inherit",
    });
    if (status !== 0) throw new Error("cachalot init failed; run `npm run build` first");
  }
  // llama.cpp wants a tokenizer; which one does not matter.
  for (const file of ["tokenizer.json", "tokenizer_config.json"])
    if (!existsSync(`${dir}/${file}`)) copyFileSync(path(`../models/embedded/${file}`), `${dir}/${file}`);
  return dir;
}

/** The checkpoint in bf16 with another number of selected tokens. */
export async function loadCheckpoint(device, topk) {
  const dir = ensureCheckpoint();
  const config = await readConfig(dir);
  const parameters = await loadParameters(dir, config, device, { dtype: "bf16" });
  if (!config.indexer) throw new Error(`${dir} has no indexer`);
  return new CausalLM({ ...config, indexer: { ...config.indexer, topk } }, device, parameters, {
    dtype: "bf16",
  });
}

/** Makes a cache hold `length` tokens of random latents and keys: what a kernel costs does not depend on them. */
export function fillCache(model, cache, length) {
  const missing = length - cache.length;
  if (missing <= 0) return cache.truncate(length);
  cache.reserve(missing);
  const slots = cache.slots(cache.length, length);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  const noise = Uint16Array.from({ length: 4099 }, () => (0x3e00 + (random() >>> 24)) | ((random() >>> 16) & 0x8000));
  const bytes = Uint8Array.from({ length: 4099 }, () => 64 + ((random() >>> 24) >> 1));
  for (const { latent, indexKeys, indexScales } of model.blocks.layers) {
    const fill = (tensor, source) => {
      const size = tensor.size / (latent.shape[0] / 16);
      for (let i = 0; i < slots.length; i += 16) {
        const at = Math.floor(slots[i] / 16) * size;
        for (let done = 0; done < size; done += 4000)
          tensor.data.set(source.subarray(i % 97, (i % 97) + Math.min(4000, size - done)), at + done);
      }
    };
    fill(latent, noise);
    fill(indexKeys, bytes);
    indexScales.data.fill(0.01);
  }
  cache.commit(missing);
}
