import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkTask } from "../check/check-task.js";
import type { TaskFolder } from "../task.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { closeSearchWorlds, search } from "./pipeline.js";
import { SearchDesk } from "./search-tools.js";
import { exactReader } from "./verify/reader.js";
import { openSearchWorld, type SearchWorld } from "./world.js";

let cache: string;
let world: SearchWorld;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "cachalot-search-"));
  world = await openSearchWorld("generated:1500", cache);
});
afterAll(async () => {
  await world.close();
  await closeSearchWorlds();
  await rm(cache, { recursive: true });
});

/** Tasks of the first seeds, and why others were dropped. */
async function tasksOf(options: object, seeds: number): Promise<{ tasks: TaskFolder[]; drops: string[] }> {
  const parsed = search.options.parse({ corpus: "generated:1500", documents: 40, ...options });
  const tasks: TaskFolder[] = [];
  const drops: string[] = [];
  const context = { cache, signal: new AbortController().signal, spend: () => {} };
  const stage = async <T>(name: string, work: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      drops.push(`${name} ${(error as { reason?: string }).reason ?? error}`);
      return undefined;
    }
  };
  let left = seeds;
  for await (const seed of search.seeds(parsed, context)) {
    if (left-- === 0) break;
    for await (const task of search.candidates(seed, parsed, { ...context, stage })) tasks.push(task);
  }
  return { tasks, drops };
}

test("seeds become tasks or are dropped with a reason, the same each time", async () => {
  const { tasks, drops } = await tasksOf({}, 12);
  expect(tasks.length + drops.length).toBe(12);
  expect(tasks.length).toBeGreaterThan(2);
  const again = await tasksOf({}, 12);
  expect(again.drops).toEqual(drops);
  expect(again.tasks.map(({ instance }) => instance)).toEqual(tasks.map(({ instance }) => instance));
  const others = await tasksOf({ seed: 1 }, 12);
  expect(others.tasks.map(({ name }) => name)).not.toEqual(tasks.map(({ name }) => name));
});

test("every claim and refutation quotes its page, and the question says neither answer nor a candidate", async () => {
  const { tasks } = await tasksOf({ answerers: 8 }, 25);
  expect(tasks.length).toBeGreaterThan(1);
  const tools = new SearchDesk(world.corpus, world.kind).tools();
  for (const { instance, instruction, name } of tasks) {
    const { answer, proof, refutations } = instance!.evidence as {
      answer: string;
      proof: { claim: string; evidence: { page: string; quote: string }[] }[];
      refutations: { id: string; claim: string; evidence: { page: string; quote: string }[] }[];
    };
    expect(instruction).not.toContain(answer);
    expect(name).not.toContain(answer);
    expect(proof.map(({ claim }) => claim).every((claim) => instruction.includes(claim))).toBe(true);
    expect(refutations.map(({ id }) => id)).not.toContain(answer);
    for (const { page, quote } of [...proof, ...refutations].flatMap(({ evidence }) => evidence))
      expect((await tools.open(page))!.text).toContain(quote);
  }
});

test("a task folder holds what the answer needs, and every other page in it breaks a claim", async () => {
  const { tasks } = await tasksOf({}, 8);
  const { environment, tests, instance } = tasks[0]!;
  const pages = environment
    .get("corpus.jsonl")!
    .data.toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string });
  expect(pages).toHaveLength(40);
  const { answer, broken } = JSON.parse(tests.get("verdicts.json")!.data.toString()) as {
    answer: string;
    broken: Record<string, string>;
  };
  expect(instance!.evidence.answer).toBe(answer);
  expect(Object.keys(broken).sort()).toEqual(
    pages
      .map(({ id }) => id)
      .filter((id) => id !== answer)
      .sort(),
  );
  expect(Object.values(broken)).not.toContain("is known to answer the question");
});

test("options that cannot be are refused, and sources that no kind knows", async () => {
  expect(search.options.safeParse({ passes: 2 }).success).toBe(false);
  expect(search.options.safeParse({ corpse: "x" }).success).toBe(false);
  await expect(openSearchWorld(join(cache, "nowhere"), cache)).rejects.toThrow("Cannot read the corpus");
  await expect(openSearchWorld("package.json", cache)).rejects.toThrow("no corpus that is known");
  await expect(openSearchWorld("generated:1", cache)).rejects.toThrow("1 usable records");
});

test("records that cannot be read are drops with where they stand, and cost nothing else", async () => {
  const path = join(cache, "hostile.jsonl");
  const good = Array.from({ length: 4 }, (_, i) => JSON.stringify({ id: `page${i}`, text: `Whales of kind ${i}.` }));
  await writeFile(path, ["{", ...good, `"${"x".repeat(5 << 20)}"`, '{"id": "page0", "text": "again"}'].join("\n"));
  const { tasks, drops } = await tasksOf({ corpus: path }, 1);
  expect(tasks).toEqual([]);
  expect(drops).toEqual(["read bad-record", "read too-long", "read duplicate-id"]);
});

test("the documents are made once, and opened again as they are", async () => {
  const documents = join(world.directory, "documents.jsonl");
  const before = await readFile(documents, "utf8");
  const again = await openSearchWorld("generated:1500", cache);
  await again.close();
  expect(await readFile(documents, "utf8")).toBe(before);
  expect([again.graph.size, again.graph.edges]).toEqual([world.graph.size, world.graph.edges]);
});

test("a reader without the claim's form says that it cannot tell", async () => {
  const tools = new SearchDesk(world.corpus, world.kind).tools();
  const { id } = world.graph.entities[0]!;
  expect(await exactReader.read(id, { text: "is blue" }, tools, 0)).toBeUndefined();
  expect(await exactReader.read("no-such-page", { text: "is blue" }, tools, 0)).toBeUndefined();
});

withSandbox("gates", () => {
  test("a task passes every gate", async () => {
    const { tasks } = await tasksOf({}, 3);
    const { failures } = await checkTask(tasks[0]!);
    expect(failures).toEqual([]);
  });
});
