import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTaskset, playDemonstration } from "@cachalot/environments";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTaskFolder } from "../../harbor/task-folder.js";
import { closeSearchWorlds, search } from "../pipeline.js";
import { type OpenedSearchTaskset, openSearchTaskset } from "./search-taskset.js";

let directory: string;
let opened: OpenedSearchTaskset;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cachalot-search-taskset-"));
  const cache = join(directory, ".cache");
  const options = search.options.parse({ corpus: "generated:800", documents: 10, answerers: 1, passes: 1 });
  const context = { cache, signal: new AbortController().signal, spend: () => {} };
  const stage = async <T>(_: string, work: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await work();
    } catch {
      return undefined;
    }
  };
  let written = 0;
  for await (const seed of search.seeds(options, context)) {
    for await (const task of search.candidates(seed, options, { ...context, stage })) {
      await writeTaskFolder(task, join(directory, task.name));
      written++;
    }
    if (written === 30) break;
  }
  opened = await openSearchTaskset(directory);
}, 600_000);
afterAll(async () => {
  await opened.close();
  await closeSearchWorlds();
  await rm(directory, { recursive: true });
});

test("conforms: demonstrations solve with the tools alone, spoilt ones earn nothing, splits keep apart", async () => {
  expect(await checkTaskset(opened.taskset)).toEqual([]);
});

test("contexts are longer than the 2048 tokens that the indexer selects of", async () => {
  const { taskset } = opened;
  for (let seed = 0; seed < 5; seed++) {
    const task = taskset.draw({ split: "train", level: taskset.levels - 1, mode: "thinking", seed });
    const { messages } = await playDemonstration(taskset, task, "checked");
    const characters = messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
    // Package names and lists take more than a token for every four characters.
    expect(characters / 4).toBeGreaterThan(2048);
  }
});

test("a document that is not there is answered in words", async () => {
  const { taskset } = opened;
  const task = taskset.draw({ split: "train", level: 0, mode: "chat", seed: 1 });
  const { tools } = await taskset.open(task);
  const context = { signal: new AbortController().signal, callId: "c", idempotencyKey: "c" };
  const open = tools.find(({ definition }) => definition.function.name === "open")!;
  expect(await open.execute({ id: "nothing" }, context)).toBe(
    "Error: There is no document nothing; take an id from a search",
  );
});

test("a folder without search tasks is refused", async () => {
  await expect(openSearchTaskset(join(directory, "nowhere"))).rejects.toThrow("there is no");
});
