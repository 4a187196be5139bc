/** Rollouts of a run directory, read once while somebody looks at them, with the tokenizer that made their tokens. */

import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadTokenizer } from "@cachalot/model";
import { groupAdvantages, type RolloutsOfStep, readRollouts } from "@cachalot/rollouts";
import { ApiError, type TextTokenizer } from "@cachalot/server";
import type { RolloutFiles } from "../../wire/rollouts.js";
import { pathBelow } from "../working-directory.js";

/** Steps kept in memory. */
const KEPT = 3;

export interface ReadStep extends RolloutsOfStep {
  advantages: ReadonlyMap<string, number>;
}

export class RolloutFilesOf {
  private readonly steps = new Map<string, Promise<ReadStep>>();
  private readonly tokenizers = new Map<string, Promise<TextTokenizer | undefined>>();

  /** @param folder where runs are */
  constructor(private readonly folder: string) {}

  async files(run: string): Promise<RolloutFiles["files"]> {
    const dir = pathBelow(this.folder, run, "rollouts");
    const names = (await readdir(dir, { recursive: true }).catch(() => [])).filter((name) => name.endsWith(".parquet"));
    return Promise.all(
      names.sort().map(async (name) => ({
        name: name.slice(0, -".parquet".length),
        bytes: (await stat(join(dir, name))).size,
      })),
    );
  }

  /** @throws ApiError 404; RolloutsError for a file that is damaged */
  async step(run: string, file: string): Promise<ReadStep> {
    const path = pathBelow(join(this.folder, run, "rollouts"), `${file}.parquet`);
    pathBelow(this.folder, run);
    if (!existsSync(path))
      throw new ApiError(404, `There is no ${path}; ask for one of the run's files`, { code: "no_rollouts" });
    const { mtimeMs, size } = await stat(path);
    const key = `${path} ${mtimeMs} ${size}`;
    const reading = this.steps.get(key) ?? readStep(path);
    this.steps.delete(key);
    this.steps.set(key, reading);
    reading.catch(() => this.steps.delete(key));
    for (const old of this.steps.keys()) if (this.steps.size > KEPT) this.steps.delete(old);
    return reading;
  }

  /** Undefined where the run's files do not say which it was. */
  tokenizer(run: string): Promise<TextTokenizer | undefined> {
    const dir = pathBelow(this.folder, run);
    const loading = this.tokenizers.get(dir) ?? tokenizerOf(dir);
    this.tokenizers.set(dir, loading);
    void loading.then((tokenizer) => tokenizer ?? this.tokenizers.delete(dir));
    return loading;
  }
}

async function readStep(path: string): Promise<ReadStep> {
  const step = await readRollouts(path);
  return { ...step, advantages: step.advantages ?? groupAdvantages(step.rollouts) };
}

/** In a run's models, its checkpoints, its data, or where its recipe points to. */
async function tokenizerOf(run: string): Promise<TextTokenizer | undefined> {
  const below = async (name: string) =>
    (await readdir(join(run, name)).catch(() => [])).map((folder) => join(run, name, folder));
  const recipe = await readFile(join(run, "recipe.json"), "utf8").catch(() => "{}");
  const named = [...recipe.matchAll(/"([^"]+)"/g)].map(([, text]) => text!).filter((text) => text.includes("/"));
  const folders = [...(await below("models")), ...(await below("checkpoints")), run, ...named, ...named.map(dirname)];
  for (const folder of folders) {
    if (!existsSync(join(folder, "tokenizer.json"))) continue;
    const tokenizer = await loadTokenizer(folder).catch(() => undefined);
    if (tokenizer) return tokenizer;
  }
  return undefined;
}
