import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readDataRecipe } from "../data/data-recipe.js";
import { loadRecipe } from "./recipe.js";

const dir = await mkdtemp(join(tmpdir(), "cachalot-workspace-"));
afterAll(() => rm(dir, { recursive: true }));

async function write(name: string, value: object): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, JSON.stringify(value));
  return path;
}

test("runs and data of a recipe lie in its workspace, models elsewhere stay", async () => {
  const distill = {
    name: "d",
    kind: "distill",
    steps: 1,
    learningRate: 1,
    rollouts: { runs: ["runs/a", "elsewhere/b"] },
  };
  const fields = { name: "r", model: {}, data: { dir: "data/r" }, stages: [{ ...distill, batch: 1, seq: 8 }] };
  const path = await write("r.json", { ...fields, init: "runs/a/models/sft" });
  expect(await loadRecipe(path, { workspace: "/w" })).toMatchObject({
    init: "/w/runs/a/models/sft",
    runs: "/w/runs",
    data: { dir: "/w/data/r" },
    stages: [{ rollouts: { runs: ["/w/runs/a", "elsewhere/b"] } }],
  });
  const shipped = await write("s.json", { ...fields, init: "models/embedded" });
  expect((await loadRecipe(shipped, { workspace: "/w" })).init).toBe("models/embedded");
  expect(await loadRecipe(path)).toMatchObject({ init: "runs/a/models/sft", runs: "runs", data: { dir: "data/r" } });
});

test("files in the working directory's data are looked for in the workspace's, others stay", async () => {
  const files = [resolve("data/tasks.jsonl"), "rows.jsonl", resolve("database.jsonl")];
  const path = await write("data.json", { tokenizer: "t", parts: [{ kind: "jsonl", files }] });
  const { parts } = await readDataRecipe(path, { workspace: "/w" });
  expect(parts).toMatchObject([{ files: ["/w/data/tasks.jsonl", "rows.jsonl", resolve("database.jsonl")] }]);
});
