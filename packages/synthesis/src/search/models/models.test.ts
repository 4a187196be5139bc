import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel, type GenerateRequest } from "@cachalot/chat";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskFolder } from "../../task.js";
import { closeSearchWorlds, search } from "../pipeline.js";
import { openSearchWorld, type SearchWorld } from "../world.js";

let cache: string;
let world: SearchWorld;
const answer = "python3-quartzwindow7";
let quotes: string[];
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "cachalot-models-"));
  world = await openSearchWorld("generated:300", cache);
  quotes = (await world.corpus.open(seed().id)).text.split("\n").filter((line) => /^(Summary|Section)/.test(line));
});
afterAll(async () => {
  await world.close();
  await closeSearchWorlds();
  await rm(cache, { recursive: true });
});

const seed = () => world.graph.entities[200]!;
const other = () => world.graph.entities[100]!.id;

interface Script {
  /** What the constructing agent quotes. */
  quotes?: string[];
  /** What answering agents answer. */
  answers?: string | null;
  /** Whether a verifying agent thinks that a claim holds of a document. */
  holds?(id: string): boolean;
}

/** A model that plays all three roles: it opens a page first, so that the tools are used, and then answers. */
function scripted({ quotes: quoted = quotes, answers = other(), holds = (id) => id === seed().id }: Script) {
  const text = (request: GenerateRequest, role: string) =>
    `${request.messages.find((message) => message.role === role)?.content ?? ""}`;
  return createScriptedModel({
    turns(request) {
      const [system, task] = [text(request, "system"), text(request, "user")];
      const id = /\[([^\]]+)\]/.exec(task)?.[1] ?? seed().id;
      const opened = request.messages.some(({ role }) => role === "tool");
      if (!opened) return { toolCalls: [{ name: "open", arguments: { id } }] };
      if (system.startsWith("You write")) {
        const claims = quoted.map((quote, i) => ({ text: `is described so that claim ${i} is met`, page: id, quote }));
        return JSON.stringify({ question: "Which of the documents is described by all of these claims?", claims });
      }
      if (system.startsWith("You answer")) return JSON.stringify({ id: answers });
      const page = text(request, "tool");
      const quote = page.split("\n").find((line) => line.startsWith("Summary"))!;
      return JSON.stringify({
        verdict: holds(id) ? "holds" : "does-not-hold",
        evidence: [{ page: id, quote }],
        why: "it is another",
      });
    },
  });
}

async function outcomeOf(script: Script) {
  const options = search.options.parse({
    corpus: "generated:300",
    roles: "question,answer,verify",
    hits: 2,
    passes: 1,
    documents: 20,
  });
  const drops: string[] = [];
  const spent: Record<string, number> = {};
  const tasks: TaskFolder[] = [];
  const context = {
    ...{ cache, model: scripted(script), signal: new AbortController().signal },
    spend: (stage: string, { tokens }: { tokens: number }) => {
      spent[stage] = (spent[stage] ?? 0) + tokens;
    },
    stage: async <T>(name: string, work: () => Promise<T> | T) => {
      try {
        return await work();
      } catch (error) {
        drops.push(`${name} ${(error as { reason?: string }).reason ?? error}`);
        return undefined;
      }
    },
  };
  for await (const task of search.candidates({ key: seed().id, data: { id: seed().id } }, options, context))
    tasks.push(task);
  return { tasks, drops, spent };
}

test("agents with the three roles make a task, whose quotes are on the pages, and what they cost is counted", async () => {
  const { tasks, drops, spent } = await outcomeOf({});
  expect(drops).toEqual([]);
  const { instance, tests } = tasks[0]!;
  expect(instance).toMatchObject({ promptSource: "model", evidence: { answer: seed().id } });
  expect((instance!.evidence.refutations as { id: string; by: string[] }[])[0]).toMatchObject({
    id: other(),
    by: ["model-patient", "model-hasty", "model-by-elimination"],
  });
  expect(Object.keys(JSON.parse(tests.get("verdicts.json")!.data.toString()).broken)).toHaveLength(19);
  for (const stage of ["question", "answer", "verify"]) expect(spent[stage]).toBeGreaterThan(100);
});

test.each<[string, () => Script, string]>([
  ["quotes what no page says", () => ({ quotes: ["Summary: never written", quotes[0]!] }), "question quote-not-found"],
  ["makes a single claim", () => ({ quotes: quotes.slice(0, 1) }), "question no-output"],
  ["answers rightly", () => ({ answers: seed().id }), "verify answered"],
  ["answers nothing", () => ({ answers: null }), "verify no-candidates"],
  ["answers with what is no document", () => ({ answers: answer }), "verify candidate-unverifiable"],
  ["finds the claims untrue", () => ({ holds: () => false }), "verify untrue"],
  ["finds that others meet the claims", () => ({ holds: (id) => id !== other() }), "verify ambiguous"],
])("an agent that %s costs the item", async (_, script, reason) => {
  const { tasks, drops } = await outcomeOf(script());
  expect(tasks).toEqual([]);
  expect(drops).toEqual([reason]);
});

test("roles without a model are refused", async () => {
  const options = search.options.parse({ corpus: "generated:300", roles: ["verify"] });
  const seeds = search.seeds(options, { cache, signal: new AbortController().signal });
  await expect(async () => {
    for await (const _ of seeds);
  }).rejects.toThrow("the role verify needs a model");
  expect(search.options.safeParse({ roles: "question,judge" }).success).toBe(false);
});
