import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { AssistantMessage, ChatMessage } from "@cachalot/chat";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ReasoningMemory } from "./reasoning-memory.js";

const user = (content: string): ChatMessage => ({ role: "user", content });
const says = (reasoning: string, content: string, id?: string, args = "{}"): AssistantMessage => ({
  role: "assistant",
  content,
  reasoning_content: reasoning,
  ...(id ? { tool_calls: [{ id, type: "function", function: { name: "f", arguments: args } }] } : {}),
});

function dropped({ reasoning_content: _, ...rest }: AssistantMessage): AssistantMessage {
  return rest;
}

describe("in memory", () => {
  test("knows a message by its place, however the client spells it", async () => {
    const memory = await ReasoningMemory.open();
    const question = [user("a")];
    await memory.remember(question, says("r1", "", "c", '{"x": 1.0, "y":"é"}'));
    const spelled: ChatMessage = {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "other", function: { name: "f", arguments: '{ "x":1, "y": "\\u00e9" }' } }],
    };
    expect(memory.recall([{ role: "system", content: "new" }, ...question, spelled])).toEqual([
      undefined,
      undefined,
      "r1",
    ]);
  });

  test("tells equal answers apart by the conversation they stand in", async () => {
    const memory = await ReasoningMemory.open();
    await memory.remember([user("a")], says("ra", "ok"));
    await memory.remember([user("b")], says("rb", "ok"));
    const ok: ChatMessage = { role: "assistant", content: "ok" };
    expect(memory.recall([user("a"), ok, user("b"), ok])).toEqual([undefined, "ra", undefined, "rb"]);
    expect(memory.recall([user("c"), ok])[1]).toBeUndefined();
    await memory.remember([user("a")], says("again", "ok"));
    expect(memory.recall([user("a"), ok])[1]).toBe("again");
  });

  test("knows a call by its id where the conversation was edited, unless two calls share it", async () => {
    const memory = await ReasoningMemory.open();
    await memory.remember([user("a")], says("ra", "", "call_0"));
    const call = dropped(says("", "", "call_0"));
    expect(memory.recall([user("edited"), call])[1]).toBe("ra");
    await memory.remember([user("b")], says("rb", "", "call_0"));
    expect(memory.recall([user("edited"), call])[1]).toBeUndefined();
    expect(memory.recall([user("b"), call])[1]).toBe("rb");
  });

  test("knows a call with an id of its own though a schema's default changed its arguments", async () => {
    const memory = await ReasoningMemory.open();
    const id = "call_Iyq1E4Y8M6sEJlal64Tm3Q7Z";
    await memory.remember([user("a")], says("ra", "", id, '{"city":"Oslo"}'));
    const changed = dropped(says("", "", id, '{"city":"Oslo","days":1}'));
    expect(memory.recall([user("a"), changed])[1]).toBe("ra");
    // A counted id is everybody's: its arguments must agree too.
    await memory.remember([user("a")], says("rb", "", "functions.weather:0", '{"city":"Oslo"}'));
    const counted = dropped(says("", "", "functions.weather:0", '{"city":"Rome"}'));
    expect(memory.recall([user("b"), counted])[1]).toBeUndefined();
  });

  test("forgets the least recently used beyond its bound", async () => {
    const memory = await ReasoningMemory.open({ maxBytes: 5000 });
    for (let i = 0; i < 50; i++) await memory.remember([user(`q${i}`)], says("x".repeat(300), `a${i}`));
    expect(memory.size).toBeLessThan(20);
    expect(memory.recall([user("q49"), dropped(says("", "a49"))])[1]).toHaveLength(300);
    expect(memory.recall([user("q0"), dropped(says("", "a0"))])[1]).toBeUndefined();
  });
});

describe("memory", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  /** As a stream brings it: put together from pieces that are cut out of longer text. */
  const streamed = (seed: number, pieces: number, text: string): string => {
    let whole = "";
    for (let i = 0; i < pieces; i++) whole += `${seed} ${text.repeat(20)}`.slice(0, 13 + (i % 7));
    return whole;
  };

  test.each([
    ["short answers", 0, "think"],
    ["answers streamed in pieces", 20, "think"],
    ["long ones beyond Latin", 200, "考える鯨"],
  ])("%s take no more than the bound", async (_, pieces, text) => {
    const maxBytes = 2 ** 22;
    const memory = await ReasoningMemory.open({ maxBytes });
    const before = used();
    for (let i = 0; i < 20_000; i++) await memory.remember([user(`q${i}`)], says(streamed(i, pieces, text), `a${i}`));
    expect(memory.size).toBeGreaterThan(500);
    expect(used() - before).toBeLessThan(maxBytes);
    expect(memory.recall([user("q19999"), dropped(says("", "a19999"))])[1]).toBe(streamed(19_999, pieces, text));
  });

  test("keeps half a character as it is", async () => {
    const memory = await ReasoningMemory.open();
    await memory.remember([user("q")], says("\ud83d and ü", "a"));
    expect(memory.recall([user("q"), dropped(says("", "a"))])[1]).toBe("\ud83d and ü");
  });
});

describe("on disk", () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "cachalot-memory-"));
    file = join(dir, "memory.jsonl");
  });
  afterEach(() => rm(dir, { recursive: true }));

  const fill = async (count: number): Promise<void> => {
    const memory = await ReasoningMemory.open({ file });
    for (let i = 0; i < count; i++) await memory.remember([user(`q${i}`)], says(`r${i} 鲸😀`, `a${i}`));
    await memory.close();
  };
  const known = (memory: ReasoningMemory, count: number): boolean[] =>
    Array.from(
      { length: count },
      (_, i) => memory.recall([user(`q${i}`), dropped(says("", `a${i}`))])[1] === `r${i} 鲸😀`,
    );

  test("survives a restart, for its owner's eyes only", async () => {
    await fill(5);
    const memory = await ReasoningMemory.open({ file });
    expect(known(memory, 5)).toEqual([true, true, true, true, true]);
    expect(memory.damaged).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await memory.close();
    expect(await readdir(dir)).toEqual(["memory.jsonl"]);
  });

  test("any damage costs the lines it hits, never the others, never a wrong answer", async () => {
    await fill(6);
    const good = await readFile(file);
    const lines = good.toString().split("\n").length - 1;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, mask, cut) => {
          const bytes = Buffer.from(good);
          bytes[at] = (bytes[at] ?? 0) ^ mask;
          await writeFile(file, bytes);
          if (cut) await truncate(file, at);
          const memory = await ReasoningMemory.open({ file });
          const found = known(memory, 6);
          const before = good.subarray(0, at).toString().split("\n").length - 1;
          for (let i = 0; i < before; i++) expect(found[i]).toBe(true);
          if (!cut) expect(found.filter((ok) => !ok).length).toBeLessThanOrEqual(2);
          await memory.remember([user("late")], says("later", "z"));
          await memory.close();
          const again = await ReasoningMemory.open({ file });
          expect(again.recall([user("late"), dropped(says("", "z"))])[1]).toBe("later");
          expect(again.damaged).toBe(0);
          await again.close();
        },
      ),
      { numRuns: 20, seed: 5 },
    );
    expect(lines).toBe(6);
  });

  test("what was appended by a process that was killed is there, and its lock does not hold", async () => {
    await fill(2);
    await writeFile(`${file}.lock`, "999999999");
    await appendFile(file, "1234");
    const memory = await ReasoningMemory.open({ file });
    expect(known(memory, 2)).toEqual([true, true]);
    expect(memory.damaged).toBe(1);
    await memory.close();
  });

  test("refuses a file another process has, and rewrites one that grew", async () => {
    await writeFile(`${file}.lock`, String(process.ppid));
    await expect(ReasoningMemory.open({ file })).rejects.toMatchObject({ code: "memory_in_use" });
    await rm(`${file}.lock`);
    const memory = await ReasoningMemory.open({ file, maxBytes: 2000 });
    for (let i = 0; i < 200; i++) await memory.remember([user(`q${i}`)], says("x".repeat(100), `a${i}`));
    expect((await stat(file)).size).toBeLessThan(12_000);
    await memory.close();
    const again = await ReasoningMemory.open({ file, maxBytes: 2000 });
    expect(again.recall([user("q199"), dropped(says("", "a199"))])[1]).toHaveLength(100);
    await again.close();
  });

  test("a disk that cannot be written does not cost the answer", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const memory = await ReasoningMemory.open({ file, maxBytes: 1000, onError });
    await rm(dir, { recursive: true });
    // The file has no name any more: it can be appended to, but not rewritten.
    const long = says("x".repeat(100), "x");
    for (let i = 0; i < 50; i++) await memory.remember([user(`q${i}`)], long);
    expect(errors.length).toBeGreaterThan(0);
    expect(memory.recall([user("q49"), dropped(long)])[1]).toHaveLength(100);
    await memory.close();
    dir = await mkdtemp(join(tmpdir(), "cachalot-memory-"));
  });
});
