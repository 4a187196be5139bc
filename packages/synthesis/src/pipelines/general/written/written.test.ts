import { createScriptedModel } from "@cachalot/chat";
import { Draw } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { examineTask } from "../../../check/check-task.js";
import type { TaskFolder } from "../../../task.js";
import { withSandbox } from "../../../testing/with-sandbox.js";
import { general } from "../general.js";
import { buildWorld } from "../schema.js";
import { menu } from "../worlds/menu.js";
import type { WorldDraft } from "./world-draft.js";

const SENTENCE = "A week of dinners in an office canteen that cooks from many kitchens.";

/** As a model may write it: rows of a schema of ours, as JSON. */
function draft(changes: Partial<WorldDraft> = {}): WorldDraft {
  const draw = new Draw(4);
  const parameters = menu.parameters(draw, 0);
  const { tables, slots } = buildWorld(menu, parameters, draw);
  return {
    name: "canteen",
    description: "Kitchens and the dishes each can cook, with what they cost.",
    request: "Plan a dinner for three days, each of another kitchen.",
    ...{ tables, slots, structure: menu.structure(parameters), rules: [], ...changes },
  };
}

/** A model that makes rows in its shell, then hands in one draft after the other. */
async function outcomeOf(...drafts: WorldDraft[]) {
  const model = createScriptedModel({
    turns: ({ messages }) => {
      const said = messages.filter(({ role }) => role === "assistant").length;
      if (said === 0) return { toolCalls: [{ name: "bash", arguments: { command: "echo made" } }] };
      return JSON.stringify(drafts[Math.min(said, drafts.length) - 1]);
    },
  });
  const drops: string[] = [];
  const tasks: TaskFolder[] = [];
  let tokens = 0;
  const context = {
    ...{ cache: "", model, hasModel: true, signal: new AbortController().signal },
    spend: (_: string, spent: { tokens: number }) => {
      tokens += spent.tokens;
    },
    stage: async <T>(name: string, work: () => Promise<T> | T) => {
      try {
        return await work();
      } catch (error) {
        drops.push(`${name} ${(error as Error).message}`);
        return undefined;
      }
    },
  };
  const options = general.options.parse({ from: SENTENCE, density: 1e-3 });
  for await (const seed of general.seeds(options, context))
    for await (const task of general.candidates(seed, options, context)) tasks.push(task);
  return { tasks, drops, tokens, said: model.requests.flatMap(({ messages }) => messages) };
}

test("a sentence without a model is refused", () => {
  const context = { cache: "", signal: new AbortController().signal };
  const seeds = general.seeds(general.options.parse({ from: SENTENCE }), context) as Iterable<unknown>;
  expect(() => [...seeds]).toThrow(/name one beside --from/);
  // The seeds themselves ask it nothing: it may be with workers.
  const elsewhere = general.seeds(general.options.parse({ from: SENTENCE }), { ...context, hasModel: true });
  expect([...(elsewhere as Iterable<unknown>)]).toHaveLength(1);
});

withSandbox("a world that a model writes of a sentence", () => {
  test("goes through the steps and gates of every other", async () => {
    const { tasks, drops, tokens } = await outcomeOf(draft());
    expect(drops).toEqual([]);
    const [task] = tasks;
    expect(task!.instance).toMatchObject({
      promptSource: "model",
      provenance: { source: expect.stringContaining(SENTENCE) },
    });
    expect(task!.instruction).toContain("Plan a dinner for three days");
    expect(tokens).toBeGreaterThan(100);
    expect((await examineTask(task!)).failures).toEqual([]);
  }, 120_000);

  test("is mended by the model where it does not hold together", async () => {
    const broken = draft({ slots: draft().slots.map((slot) => ({ ...slot, table: `no_${slot.table}` })) });
    const { tasks, said } = await outcomeOf(broken, draft());
    expect(tasks).toHaveLength(1);
    expect(JSON.stringify(said)).toContain("no_dishes is no table of named rows");
  });

  test("is dropped where its words name what may be the answer", async () => {
    const { name } = draft().tables[1]!.rows[3]!;
    const { tasks, drops } = await outcomeOf(
      draft({ request: `Plan three dinners. Everybody liked the ${name} best.` }),
    );
    expect(tasks).toEqual([]);
    expect(drops).toEqual([`write leak: what the agent is told names ${name} of dishes, which may be the answer`]);
  });

  test("is dropped where it never holds together, or leaves no room for a hard task", async () => {
    const unfinished = await outcomeOf(
      draft({ structure: [{ type: "within", slot: "day 9.dish", column: "x", of: "y" }] }),
    );
    expect(unfinished.drops).toEqual([expect.stringMatching(/^write no-output/)]);
    const [kitchens] = draft().tables;
    const slots = [1, 2].map((day) => ({ group: `day ${day}`, name: "kitchen", table: "kitchens" }));
    const small = await outcomeOf(draft({ tables: [kitchens!], slots, structure: [] }));
    expect(small.drops).toEqual([expect.stringMatching(/^harden (not-hard-enough|no-plan)/)]);
  });
});
