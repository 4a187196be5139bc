import { appendFile, mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatEvent, type ChatMessage, type ChatModel, chatPrompt, createScriptedModel } from "@cachalot/chat";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import type { ContextStrategy } from "../context/strategies/index.js";
import { runAgent } from "../loop/run-agent.js";
import type { RunOptions } from "../loop/run-options.js";
import { wordTokenizer } from "../testing/word-tokenizer.js";
import { tool } from "../tools/tool.js";
import { conversationOf, ledgerRows, writeLedger } from "./export-trace.js";
import { tokenLedger } from "./token-ledger.js";
import { openTrace, readTrace, type Trace } from "./trace-file.js";
import { type RunRecord, recordOf, TRACE_FORMAT, type TraceRecord } from "./trace-record.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-trace-"));
});
afterAll(() => rm(dir, { recursive: true }));

const look = tool({
  name: "look",
  description: "Looks",
  inputSchema: z.object({ at: z.number() }),
  execute: ({ at }) => `page ${at} ${"word ".repeat(50)}`,
});

const policy = (pages: number) =>
  createScriptedModel({
    turns: ({ messages }, index) => {
      if (messages.at(-1)!.content?.includes("Sum up your work")) return { reasoning: "Hm.", content: "Nothing yet." };
      if (index >= pages) return { reasoning: "Enough.", content: "42" };
      return { reasoning: `Page ${index}.`, toolCalls: [{ name: "look", arguments: { at: index } }] };
    },
  });

async function traced(model: ChatModel, options: Partial<RunOptions> = {}): Promise<Trace> {
  const messages: ChatMessage[] = options.messages ?? [{ role: "user", content: "Find the number." }];
  const run: RunRecord = {
    type: "run",
    format: TRACE_FORMAT,
    runId: "r",
    createdAt: 0,
    model: model.id,
    contextLength: model.contextLength,
    messages: structuredClone(messages),
    tools: [look.definition],
    thinkingMode: options.thinkingMode ?? "thinking",
  };
  const records: TraceRecord[] = [run];
  for await (const event of runAgent(model, { messages, tools: [look], limits: { steps: 100 }, ...options })) {
    const record = recordOf(event);
    if (record !== undefined) records.push(record);
  }
  // What a reader gets, not what a writer had.
  return { run, records: JSON.parse(JSON.stringify(records)) as TraceRecord[] };
}

test.each(["none", "summary", "discard-75", "discard-all"] as const)(
  "the ledger of %s holds exactly the prompts the model read",
  async (strategy: ContextStrategy) => {
    const model = policy(30);
    const context = { strategy, tokenizer: wordTokenizer, window: strategy === "none" ? 10_000 : 2000 };
    const trace = await traced(model, { context });
    const sequences = tokenLedger(trace, wordTokenizer);
    const edits = trace.records.filter(({ type }) => type === "context").length;
    expect(sequences).toHaveLength(edits + 1);
    if (strategy !== "none") expect(edits).toBeGreaterThan(0);
    const read = sequences.flatMap(({ ids, calls }) => calls.map(({ from }) => ids.slice(0, from)));
    expect(read).toEqual(model.requests.map((request) => wordTokenizer.encode(chatPrompt(request))));
    for (const [i, { ids, lossMask, logprobs, fork, calls }] of sequences.entries()) {
      expect([lossMask.length, logprobs.length]).toEqual([ids.length, ids.length]);
      expect(lossMask.reduce((sum, one) => sum + one, 0)).toBe(calls.reduce((sum, { from, to }) => sum + to - from, 0));
      if (i === 0) expect(fork).toBeUndefined();
      else {
        const { sequence, at } = fork!;
        expect(at).toBeGreaterThan(100);
        expect(ids.slice(0, at)).toEqual(sequences[sequence]!.ids.slice(0, at));
        if (at < calls[0]!.from) expect(ids[at]).not.toBe(sequences[sequence]!.ids[at]);
      }
    }
  },
);

test("a new turn drops old reasoning: another sequence forks off where it was", async () => {
  const model = createScriptedModel({
    turns: [
      { reasoning: "Hm.", content: '"x"' },
      { reasoning: "Ah.", content: "1" },
    ],
  });
  const sequences = tokenLedger(
    await traced(model, { output: { schema: z.number() } }).then(withFormat),
    wordTokenizer,
  );
  expect(sequences).toHaveLength(2);
  expect(sequences[1]!.fork).toMatchObject({ sequence: 0 });
});

const withFormat = (trace: Trace): Trace => ({
  ...trace,
  run: { ...trace.run, responseFormat: { type: "number" } },
});

/** Says one thing in tokens that no encoder would choose. */
const sampler = (ids: boolean): ChatModel => ({
  id: "sampler",
  contextLength: 1000,
  async *generate(): AsyncGenerator<ChatEvent> {
    yield { type: "reasoning", delta: "ab" };
    yield { type: "content", delta: "c" };
    const tokens = ["a", "b", "</think>", "c", "<｜end▁of▁sentence｜>"].map((token, id) => {
      return { ...(ids ? { id } : {}), token, logprob: 0 - id, bytes: [], top: [] };
    });
    yield { type: "logprobs", tokens };
    yield { type: "finish", reason: "stop" };
  },
});

test("sampled ids and their log-probabilities are kept; without ids the text is encoded", async () => {
  const [sampled] = tokenLedger(await traced(sampler(true)), wordTokenizer);
  const { from, to, ids } = sampled!.calls[0]!;
  expect(ids).toBe("sampled");
  expect(sampled!.ids.slice(from, to)).toEqual([0, 1, 2, 3, 4]);
  expect(sampled!.logprobs.slice(from, to)).toEqual([0, -1, -2, -3, -4]);
  expect(sampled!.logprobs.slice(0, from).every((value) => value === null)).toBe(true);
  const [encoded] = tokenLedger(await traced(sampler(false)), wordTokenizer);
  expect(encoded!.calls[0]!.ids).toBe("encoded");
  // "ab" is one token of the encoder's: the numbers do not match, and nothing is said of probabilities.
  expect(encoded!.logprobs.every((value) => value === null)).toBe(true);
});

test("a message that was cut off has no end token", async () => {
  const model = createScriptedModel({ turns: [{ reasoning: "half a thou", finishReason: "length" }] });
  const [sequence] = tokenLedger(await traced(model), wordTokenizer);
  expect(sequence!.ids.at(-1)).not.toBe(wordTokenizer.encode("<｜end▁of▁sentence｜>")[0]);
});

test("a conversation holds what a strategy removed; a ledger can be read as Parquet and JSON lines", async () => {
  const context = { strategy: "discard-all" as const, tokenizer: wordTokenizer, window: 1200 };
  const trace = await traced(policy(9), { context });
  const { messages } = conversationOf(trace);
  expect(messages.filter(({ role }) => role === "tool")).toHaveLength(9);
  const rows = [...ledgerRows(trace, wordTokenizer), ...ledgerRows(await traced(sampler(true)), wordTokenizer)];
  expect(rows[1]).toMatchObject({ run: "r", sequence: 1, stopped: "answer", fork_sequence: 0 });
  const paths = [join(dir, "ledger.parquet"), join(dir, "ledger.jsonl")] as const;
  for (const path of paths) await writeLedger(path, rows);
  const bytes = await readFile(paths[0]);
  const read = await parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  });
  expect(read.map((row) => ({ ...row, logprobs: undefined }))).toEqual(
    rows.map((row) => ({ ...row, logprobs: undefined })),
  );
  expect(read.map(({ logprobs }) => [...(logprobs as number[])])).toEqual(rows.map(({ logprobs }) => logprobs));
  const lines = (await readFile(paths[1], "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(rows)));
});

test("a trace that is written again stays as it is, whatever a crash left of it", async () => {
  const { records } = await traced(policy(5));
  const path = join(dir, "a", "trace.jsonl");
  const write = async (some: readonly TraceRecord[]) => {
    const trace = await openTrace(path);
    for (const record of some) await trace.write(record);
    await trace.close();
  };
  await write(records.slice(0, 6));
  const size = (await readFile(path)).length;
  for (const cut of [size, size - 1, size - 40]) {
    await truncate(path, cut);
    expect((await readTrace(path)).records.length).toBe(cut === size ? 6 : 5);
    await write(records);
    expect((await readTrace(path)).records).toEqual(records);
    await truncate(path, size);
  }
  // A step that was not finished may come out otherwise.
  await write([...records.slice(0, 5), { type: "error", message: "…ü…" }]);
  await write([...records.slice(0, 5), ...records.slice(5)]);
  expect((await readTrace(path)).records).toEqual(records);
  await appendFile(path, "nonsense\n");
  await expect(readTrace(path)).rejects.toThrow(/trace.jsonl:\d+ is no trace record/);
  await expect(readTrace(join(dir, "none"))).rejects.toThrow("ENOENT");
  await writeLedger(join(dir, "other.jsonl"), []);
  await expect(readTrace(join(dir, "other.jsonl"))).rejects.toThrow("is no trace of the format");
});
