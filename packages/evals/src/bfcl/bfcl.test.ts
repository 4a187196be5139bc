import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { modelSaying } from "../models/scripted.js";
import { attempt } from "../run/attempt.js";
import { APIS } from "./apis/index.js";
import { faultOfTurns } from "./check.js";
import type { Entry } from "./entry.js";
import { longContext } from "./long-context.js";
import { parsePythonCall } from "./python-call.js";
import { PythonRandom } from "./python-random.js";
import { type Call, Session } from "./session.js";

async function entries(category: string): Promise<{ id: string; data: Entry }[]> {
  const all: { id: string; data: Entry }[] = [];
  for await (const { id, data } of benchmarkNamed(`bfcl-multi-turn-${category}`).items({ seed: 0, limit: 1000 }))
    all.push({ id, data: data as Entry });
  return all;
}
const CATEGORIES = ["base", "missing-functions", "missing-parameters", "long-context"];
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

test("every documented function is there", () => {
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

test("a long context fills files, directories, lists and results, and nothing of a shorter one", async () => {
  const long = await longContext();
  const returned = (api: string, scenario: object, name: string, args: object, isLong = true) => {
    const { documents } = known.base!.map(({ data }) => data).find(({ apis }) => apis.some((one) => one.name === api))!;
    const apis = APIS.filter((one) => one.name === api);
    const session = new Session(apis, documents, { [api]: { ...scenario } }, isLong ? long : undefined);
    return JSON.parse(session.call({ name, arguments: { ...args } })) as Record<string, never>;
  };
  const contents = { "a.txt": { type: "file", content: "A" }, "log.txt": { type: "file", content: "L" } };
  const files = { root: { home: { type: "directory", contents } } };
  expect(returned("GorillaFileSystem", files, "ls", {}).current_directory_content).toEqual([
    ...["a.txt", "log.txt"],
    ...long.file_names,
  ]);
  expect(returned("GorillaFileSystem", files, "cat", { file_name: "a.txt" }).file_content).toBe(
    `A${long.file_content}`,
  );
  expect(returned("GorillaFileSystem", files, "cat", { file_name: "log.txt" }).file_content).toBe("L");
  expect(returned("GorillaFileSystem", files, "cat", { file_name: "a.txt" }, false).file_content).toBe("A");
  const inner = { root: { home: { type: "directory", contents: { inner: { type: "directory", contents: {} } } } } };
  expect(returned("GorillaFileSystem", inner, "ls", {}).current_directory_content).toEqual(["inner"]);
  const market = { authenticated: true, watch_list: ["NVDA"] };
  expect(returned("TradingBot", market, "get_watchlist", {})).toEqual(["NVDA", ...long.watch_list]);
  expect(returned("TradingBot", market, "get_order_details", { order_id: 12345 }).metadata).toMatchObject({
    company_overview: expect.stringContaining("AAPL is one of"),
  });
  expect(returned("TradingBot", market, "get_stock_info", { symbol: "AAPL" })).toMatchObject({ "MA(5)": long.ma_5 });
  expect(returned("VehicleControlAPI", {}, "displayCarStatus", { option: "engine" })).toEqual({
    ...{ metadata: long.car_status, engineState: "stopped" },
  });
  const card = { balance: 1 };
  const cards = { credit_card_list: { "1234567812345678": card } };
  expect(returned("TravelAPI", cards, "get_all_credit_cards", {}).credit_card_list).toEqual({
    ...{ ...long.credit_cards, "1234567812345678": card },
  });
});

test("BFCL's own files are read: questions, and possible answers beside them", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-bfcl-"));
  try {
    await mkdir(join(dir, "possible_answer"));
    for (const [name, bundled] of [
      ["bfcl-multi-turn-long-context", "bfcl-multi-turn-long-context"],
      ["bfcl-simple", "bfcl-simple-python"],
    ] as const) {
      const packed = await readFile(new URL(`../../data/${bundled}.jsonl.gz`, import.meta.url));
      const rows = gunzipSync(packed).toString().trim().split("\n").slice(0, 5);
      const path = join(dir, `${name}.json`);
      const read = async (data?: string) => {
        const items: unknown[] = [];
        for await (const item of benchmarkNamed(name).items({ seed: 0, limit: 5, ...(data && { data }) }))
          items.push(item);
        return items.slice(0, 5);
      };
      await writeFile(path, rows.map((row) => `${row.slice(0, row.lastIndexOf(', "ground_truth"'))}}\n`).join(""));
      await expect(read(path)).rejects.toThrow(/ground_truth/);
      const answers = rows.map(
        (row) => `{"id": ${JSON.stringify(JSON.parse(row).id)}${row.slice(row.lastIndexOf(', "ground_truth"'))}\n`,
      );
      await writeFile(join(dir, "possible_answer", `${name}.json`), answers.join(""));
      expect(await read(path)).toEqual(await read());
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("a call is read as Python writes it", () => {
  expect(parsePythonCall(`f('its', -1.5e3, a=[1, (2,)], b={'k': "x\\n\\"y\\""}, c=True, d=None)`)).toEqual({
    name: "f",
    places: ["its", -1500],
    names: { a: [1, [2]], b: { k: 'x\n"y"' }, c: true, d: null },
  });
  expect(parsePythonCall(String.raw`f('\xe9\u2019\U0001f600\q\\u0041')`).places).toEqual(["é’😀\\q\\u0041"]);
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

test("more than 20 messages with calls in a turn end a conversation, and as many calls in one do not", async () => {
  const benchmark = benchmarkNamed("bfcl-multi-turn-base");
  for await (const item of benchmark.items({ seed: 0, limit: 1 })) {
    const model = createScriptedModel({ turns: () => ({ toolCalls: [{ name: "pwd", arguments: {} }] }) });
    const sample = await attempt({
      ...{ benchmark, item, sample: 0, model, sampling: {}, thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
    });
    expect(sample).toMatchObject({ verdict: "wrong", because: "more than 20 messages with calls in turn 1" });
    break;
  }
  const long = benchmarkNamed("bfcl-multi-turn-long-context");
  for await (const item of long.items({ seed: 0, limit: 200 })) {
    if (item.id !== "multi_turn_long_context_38") continue;
    const said = long.oracle(item);
    expect(said[0]!.tool_calls!.length).toBeGreaterThan(20);
    const model = modelSaying("oracle", said);
    const sample = await attempt({
      ...{ benchmark: long, item, sample: 0, model, sampling: {}, thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
    });
    expect(sample.verdict).toBe("right");
  }
});
