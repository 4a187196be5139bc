import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { attempt } from "../run/attempt.js";
import { APIS } from "./apis/index.js";
import { faultOfTurns } from "./check.js";
import type { Entry } from "./entry.js";
import { parsePythonCall } from "./python-call.js";
import { PythonRandom } from "./python-random.js";
import type { Call } from "./session.js";

async function entries(category: string): Promise<{ id: string; data: Entry }[]> {
  const all: { id: string; data: Entry }[] = [];
  for await (const { id, data } of benchmarkNamed(`bfcl-multi-turn-${category}`).items({ seed: 0, limit: 1000 }))
    all.push({ id, data: data as Entry });
  return all;
}
const CATEGORIES = ["base", "missing-functions", "missing-parameters"];
const known = Object.fromEntries(
  await Promise.all(CATEGORIES.map(async (category) => [category, await entries(category)] as const)),
);
const golds = ({ turns }: Entry) => turns.map(({ gold }) => gold);

test.each(CATEGORIES)("%s: the gold calls of all entries are right, and none of a turn left out is", (category) => {
  const all = known[category]!;
  expect(all.length).toBe(200);
  for (const { id, data } of all) {
    expect([id, faultOfTurns(data, golds(data))]).toEqual([id, undefined]);
    const turn = data.turns.findIndex(({ gold }) => gold.length > 0);
    expect(faultOfTurns(data, golds(data).with(turn, []))).toEqual({ turn: turn + 1, kind: "no calls" });
  }
});

test("every documented function is there, but for long contexts, which are not", () => {
  const documented = new Map(
    known.base!.flatMap(({ data }) => data.documents.map(({ name, parameters }) => [name, parameters] as const)),
  );
  const written = APIS.flatMap(({ functions }) => Object.keys(functions));
  expect(new Set(written).size).toBe(written.length);
  expect([...documented.keys()].filter((name) => !written.includes(name))).toEqual([]);
});

test("what is wrong in a state says where, and a result that is missing names its call", () => {
  const { data } = known.base!.find(({ id }) => id === "multi_turn_base_0")!;
  const [first, ...rest] = golds(data) as [Call[], ...Call[][]];
  const elsewhere = { name: "mkdir", arguments: { dir_name: "tmp" } };
  expect(faultOfTurns(data, [[first[0]!, elsewhere, first[2]!], ...rest])).toMatchObject({
    turn: 1,
    kind: "state",
    differences: expect.arrayContaining([
      expect.objectContaining({ path: expect.stringMatching(/GorillaFileSystem\.root\..*tmp$/), kind: "unwanted" }),
    ]),
  });
  expect(faultOfTurns(data, [first, [rest[0]![0]!], ...rest.slice(1)])).toEqual({
    ...{ turn: 2, kind: "responses" },
    missing: ['grep(file_name="final_report.pdf", pattern="budget analysis")'],
  });
});

test("a call is read as Python writes it", () => {
  expect(parsePythonCall(`f('its', -1.5e3, a=[1, (2,)], b={'k': "x\\n\\"y\\""}, c=True, d=None)`)).toEqual({
    name: "f",
    places: ["its", -1500],
    names: { a: [1, [2]], b: { k: 'x\n"y"' }, c: true, d: null },
  });
  for (const text of ["f(", "f(x y)", "f(g(1))", "f() + 1", "1()", "", "f(a=)", "f('a)"])
    expect(() => parsePythonCall(text), text).toThrow(/is no call with literal values/);
});

test("Python's generator: the same draws for the same seed", () => {
  const drawn = (seed: number) => {
    const random = new PythonRandom(seed);
    return [
      random.randint(100_000, 999_999),
      random.randint(100_000_000_000, 999_999_999_999),
      random.uniform(-10, 40),
    ];
  };
  expect(drawn(141053)).toEqual([251675, 391310425148, 8.546173419897784]);
  expect(drawn(2 ** 40 + 7)).toEqual([743515, 996562930786, 36.8966208193494]);
  expect(drawn(0)).toEqual([985440, 934878271422, 34.51219604185655]);
});

test("a function that comes later is offered in its turn, and the user says so", async () => {
  const benchmark = benchmarkNamed("bfcl-multi-turn-missing-functions");
  for await (const item of benchmark.items({ seed: 0, limit: 1 })) {
    const model = createScriptedModel({ turns: () => "I cannot.", contextLength: 1 << 24 });
    const sample = await attempt({
      ...{ benchmark, item, sample: 0, model, sampling: {}, thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
    });
    const offers = model.requests.map(({ tools }) => tools!.map(({ function: { name } }) => name).includes("sort"));
    expect(offers).toEqual([false, false, false, true, true]);
    expect(
      sample.messages.findLast(({ role, content }) => role === "user" && /more functions/.test(content!)),
    ).toBeTruthy();
    expect(sample).toMatchObject({ verdict: "wrong", because: "turn 1: no call was made" });
    break;
  }
});

test("more than 20 calls in a turn end a conversation", async () => {
  const benchmark = benchmarkNamed("bfcl-multi-turn-base");
  for await (const item of benchmark.items({ seed: 0, limit: 1 })) {
    const model = createScriptedModel({ turns: () => ({ toolCalls: [{ name: "pwd", arguments: {} }] }) });
    const sample = await attempt({
      ...{ benchmark, item, sample: 0, model, sampling: {}, thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
    });
    expect(sample).toMatchObject({ verdict: "wrong", because: "more than 20 calls in turn 1" });
    break;
  }
});
