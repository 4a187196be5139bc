import { tool } from "@cachalot/agent";
import { type AssistantMessage, chatCompletion, chatPrompt, type Rollout } from "@cachalot/chat";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import type { Environment } from "../environment.js";
import type { Reward } from "../reward.js";
import type { Task } from "../task.js";
import { type RolloutOptions, runRollout } from "./run-rollout.js";
import { expertOf, oneByOne, pairTokenizer, type ScriptedPolicy, scriptedPolicy } from "./scripted-policy.js";

const find = (execute: (value: string) => string | Promise<string>) =>
  tool({
    name: "find",
    description: "Finds",
    inputSchema: z.object({ value: z.string() }),
    execute: ({ value }) => execute(value),
  });

const taskOf = (task: Partial<Task> = {}): Task => ({
  ...{ taskset: "finding", domain: "search", key: "k", level: 2, mode: "thinking", split: "train" },
  messages: [{ role: "user", content: "Where is abcd?" }],
  tools: [find(() => "").definition],
  budget: { tokens: 2000, calls: 5 },
  data: undefined,
  ...task,
});

const right: Reward = { name: "right", weight: 1, score: ({ answer }) => Number(answer?.content === "there") };

/** What a policy writes to say a message after these. */
function written(task: Task, messages: Task["messages"], message: AssistantMessage): string {
  const text = chatCompletion({ messages, tools: task.tools, thinkingMode: task.mode }, message);
  return text.slice(0, text.length - "<｜end▁of▁sentence｜>".length);
}

const calling = (value: string, content = ""): AssistantMessage => ({
  ...{ role: "assistant", content, reasoning_content: "look" },
  tool_calls: [{ function: { name: "find", arguments: JSON.stringify({ value }) } }],
});
const answering = (content: string): AssistantMessage => ({ role: "assistant", content, reasoning_content: "so" });

function run(
  policy: ScriptedPolicy,
  {
    task = taskOf(),
    environment = {},
    rubric = [right],
    ...options
  }: {
    task?: Task;
    environment?: Partial<Environment>;
    rubric?: Reward[];
  } & Partial<RolloutOptions<unknown>> = {},
): Promise<Rollout> {
  const open = () => ({ tools: [find((value) => `${value} is here`)], close: () => {}, ...environment });
  return runRollout({
    ...{ taskset: { open, rubric }, task, policy, id: "r", group: "g", sample: 3 },
    sampling: { temperature: 1, topP: 1, topK: 0, seed: 1 },
    record: { kept: true, experts: true, selection: true },
    ...options,
  });
}

/** Says these messages in turn. */
const saying = (task: Task, messages: AssistantMessage[], script: Partial<Parameters<typeof scriptedPolicy>[0]> = {}) =>
  scriptedPolicy({ says: (_, turn) => written(task, task.messages, messages[turn]!), ...script });

/** Values of a sequence's sampled tokens stand where `sampled` is 1, and nothing stands elsewhere. */
function expectAligned({ sequences }: Rollout): void {
  for (const { ids, sampled, logprobs, rawLogprobs, versions, kept, experts, selection } of sequences) {
    const n = ids.length;
    for (const list of [sampled, logprobs, rawLogprobs, versions]) expect(list.length).toBe(n);
    expect(kept!.counts.length).toBe(sampled.reduce((sum, bit) => sum + bit, 0));
    expect(kept!.ids.length).toBe(kept!.counts.reduce((sum, count) => sum + count, 0));
    expect(experts!.shape).toEqual([n - 1, 1, 1]);
    expect(selection!.shape).toEqual([n - 1, 1, 2]);
    let at = 0;
    for (const [i, id] of ids.entries()) {
      if (i < n - 1) expect(experts!.data[i]).toBe(expertOf(id, i));
      if (sampled[i] === 1) {
        expect(logprobs[i]).toBeCloseTo(-1 / (1 + id), 6);
        expect(rawLogprobs[i]).toBeCloseTo(-2 / (1 + id), 6);
        expect(versions[i]).toBeGreaterThan(0);
        expect([...kept!.ids.slice(at, at + 2)]).toEqual([id, id + 1]);
        at += 2;
      } else expect([logprobs[i], rawLogprobs[i], versions[i]]).toEqual([Number.NaN, Number.NaN, -1]);
    }
    expect(sampled.at(-1)).toBe(1);
  }
}

test("ids of several turns are the encoding of the whole conversation where every answer was sampled as it encodes", async () => {
  const words = fc.string({ unit: fc.constantFrom(..."abcdefg ,\n"), maxLength: 10 });
  const turns = fc.array(fc.record({ value: words, content: words }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      turns,
      words,
      fc.constantFrom<"thinking" | "chat">("thinking", "chat"),
      async (calls, end, mode) => {
        const task = taskOf({ mode });
        const policy = saying(task, [...calls.map(({ value, content }) => calling(value, content)), answering(end)]);
        const rollout = await run(policy, { task });
        expectAligned(rollout);
        expect(rollout.sequences).toHaveLength(1);
        expect(rollout).toMatchObject({
          outcome: end === "there" ? "solved" : "failed",
          toolCalls: calls.length,
          turns: calls.length + 1,
        });
        const answer = rollout.messages.at(-1) as AssistantMessage;
        const before = { messages: rollout.messages.slice(0, -1), tools: rollout.tools, thinkingMode: mode };
        const text = chatPrompt(before) + chatCompletion(before, answer);
        expect([...rollout.sequences[0]!.ids]).toEqual(pairTokenizer.encode(text));
      },
    ),
    { numRuns: 60 },
  );
});

test("what was sampled stays as it was sampled, also where its text encodes otherwise", async () => {
  const task = taskOf();
  const policy = saying(task, [calling("abcd"), answering("there")], { encode: oneByOne });
  const rollout = await run(policy, { task });
  expectAligned(rollout);
  const { ids, sampled } = rollout.sequences[0]!;
  const drawn = [...ids].filter((_, i) => sampled[i] === 1);
  expect(drawn).toEqual(
    [0, 1].flatMap((turn) => [
      ...oneByOne(written(task, task.messages, [calling("abcd"), answering("there")][turn]!)),
      1,
    ]),
  );
  expect(policy.prompts[1]!.slice(0, policy.prompts[0]!.length)).toEqual(policy.prompts[0]);
  expect(rollout).toMatchObject({ reward: 1, outcome: "solved", rewards: { right: 1 }, group: "g", sample: 3 });
});

test("records that begin behind a cached prefix join those of the turns before", async () => {
  const task = taskOf();
  let last = 0;
  const start = (prompt: readonly number[]) => {
    const cached = Math.floor(last / 16) * 16;
    last = prompt.length;
    return cached;
  };
  expectAligned(await run(saying(task, [calling("a"), calling("b"), answering("there")], { start }), { task }));
  last = 0;
  const gap = run(
    saying(task, [calling("a"), answering("there")], { start: (prompt) => (last++ ? prompt.length : 0) }),
    { task },
  );
  await expect(gap).rejects.toMatchObject({ code: "unrecorded" });
});

test("a user's turn forks in thinking mode, where reasoning is dropped, and goes on in chat mode", async () => {
  for (const mode of ["thinking", "chat"] as const) {
    const task = taskOf({ mode });
    let asked = 0;
    const userTurn = () => (asked++ < 2 ? { role: "user" as const, content: `more ${asked}` } : undefined);
    const messages = [answering("one"), answering("two"), answering("there")];
    const rollout = await run(saying(task, messages), { task, environment: { userTurn } });
    expectAligned(rollout);
    expect(rollout.turns).toBe(3);
    expect(rollout.sequences).toHaveLength(mode === "chat" ? 1 : 3);
    for (const [i, { fork, ids }] of rollout.sequences.entries()) {
      if (i === 0) expect(fork).toBeUndefined();
      else {
        const left = rollout.sequences[fork!.sequence]!.ids;
        expect([...ids.slice(0, fork!.at)]).toEqual([...left.slice(0, fork!.at)]);
        expect(ids[fork!.at]).not.toBe(left[fork!.at]);
      }
    }
  }
});

test("out of tokens, of context or of calls is overlong, and judged as it stands", async () => {
  const task = taskOf({ budget: { tokens: 40, calls: 1 } });
  const rubric: Reward[] = [{ name: "some", weight: 1, score: ({ overlong }) => (overlong ? 0.25 : 0) }];
  const long = await run(saying(task, [answering("a".repeat(100))]), { task, rubric });
  expect(long).toMatchObject({ outcome: "overlong", reward: 0.25 });
  expect([...long.sequences[0]!.sampled].filter((bit) => bit === 1)).toHaveLength(40);
  expect(long.messages.at(-1)).toMatchObject({ role: "assistant", reasoning_content: "so" });
  const second = { ...task, budget: { tokens: 1000, calls: 1 } };
  const many = await run(saying(second, [calling("a"), calling("b")]), { task: second, rubric });
  expect(many).toMatchObject({ outcome: "overlong", toolCalls: 1, turns: 2 });
  const full = await run(saying(second, [calling("a")], { contextLength: 4096 }), {
    task: second,
    rubric,
    environment: { tools: [find(() => "x".repeat(5000))] },
  });
  expect(full).toMatchObject({ outcome: "overlong", turns: 1 });
  expectAligned(full);
  const noPrompt = await run(saying(task, [answering("there")], { contextLength: 5 }), { task, rubric });
  expect(noPrompt).toMatchObject({ outcome: "overlong", sequences: [], turns: 0 });
});

test.each([
  ["no end of its reasoning", "look"],
  ["a call that is none", "look</think>\n\n<｜DSML｜function_calls>\nfind(a)\n</｜DSML｜function_calls>"],
  [
    "arguments that are no JSON",
    'look</think>\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="find">\n<｜DSML｜parameter name="value" string="false">{a</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
  ],
])("an answer with %s is unparsed and a failure", async (_, text) => {
  const rubric: Reward[] = [
    { name: "lenient", weight: 1, score: () => 1 },
    { name: "reported", weight: 0, score: () => 1 },
  ];
  const rollout = await run(scriptedPolicy({ says: () => text }), { rubric });
  expect(rollout).toMatchObject({ outcome: "unparsed", reward: 0, rewards: { lenient: 0, reported: null } });
  expectAligned(rollout);
});

test("slips with tools are read by the policy; a tool that throws or hangs costs the rollout its reward", async () => {
  const task = taskOf();
  const wrong: AssistantMessage = {
    ...calling("a"),
    tool_calls: [
      { function: { name: "find", arguments: '{"valu": "a"}' } },
      { function: { name: "fnd", arguments: "{}" } },
    ],
  };
  const slip = await run(saying(task, [wrong, answering("there")]), { task });
  expect(slip).toMatchObject({ outcome: "solved", toolCalls: 2 });
  expect(slip.messages.slice(2, 4).map(({ content }) => content)).toEqual([
    expect.stringContaining("Error: value"),
    "Error: there is no tool fnd; there are find",
  ]);
  const breaks = (environment: Partial<Environment>) =>
    run(saying(task, [calling("a"), answering("there")]), { task, environment, timeoutMs: 30 });
  const boom = () => {
    throw new Error("boom");
  };
  const hang = () => new Promise<never>(() => {});
  for (const [environment, error] of [
    [{ tools: [find(boom)] }, "tool find: boom"],
    [{ tools: [find(hang)] }, "tool find: no answer within 0.03 s"],
    [{ isDone: boom }, "isDone: boom"],
    [{ userTurn: boom }, "userTurn: boom"],
    [{ userTurn: () => ({ role: "user" }) }, "userTurn"],
  ] as const) {
    const rollout = await breaks(environment as Partial<Environment>);
    expect(rollout).toMatchObject({ outcome: "tool-error", reward: null });
    if (error !== "userTurn") expect(rollout.error).toBe(error);
    expect(rollout.sequences).toHaveLength(1);
  }
  let closed = 0;
  expect(await breaks({ close: () => void closed++, tools: [find(boom)] })).toMatchObject({ outcome: "tool-error" });
  expect(closed).toBe(1);
  expect(await breaks({ close: hang })).toMatchObject({ outcome: "solved" });
});

test("an environment that does not open and a judge that breaks have no reward; that of another part is told", async () => {
  const task = taskOf();
  const policy = () => saying(task, [answering("there")]);
  const closed = await run(policy(), {
    task,
    taskset: { open: () => Promise.reject(new Error("no room")), rubric: [right] },
  });
  expect(closed).toMatchObject({
    outcome: "tool-error",
    reward: null,
    sequences: [],
    error: "opening the environment: no room",
  });
  const broken: Reward = {
    name: "broken",
    weight: 1,
    score: () => {
      throw new Error("no judge");
    },
  };
  expect(await run(policy(), { task, rubric: [right, broken] })).toMatchObject({
    ...{ outcome: "grader-error", reward: null, error: "reward broken: no judge" },
    rewards: { right: 1, broken: null },
  });
});

test("isDone ends after the results, and a policy's failure or an abort rejects and closes the environment", async () => {
  const task = taskOf();
  const done = await run(saying(task, [calling("a")]), {
    task,
    environment: { isDone: () => true },
    rubric: [{ name: "any", weight: 1, score: () => 1 }],
  });
  expect(done).toMatchObject({ outcome: "solved", turns: 1, toolCalls: 1 });
  expectAligned(done);
  let closed = 0;
  const environment = { close: () => void closed++ };
  const dies = scriptedPolicy({ says: () => Promise.reject(new Error("engine died")) });
  await expect(run(dies, { task, environment })).rejects.toThrow("engine died");
  const stop = new AbortController();
  const tools = [
    find(() => {
      stop.abort(new Error("enough"));
      return new Promise<never>(() => {});
    }),
  ];
  await expect(
    run(saying(task, [calling("a")]), { task, environment: { ...environment, tools }, signal: stop.signal }),
  ).rejects.toThrow("enough");
  expect(closed).toBe(2);
});
