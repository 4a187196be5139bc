import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ChatMessage, createScriptedModel } from "@cachalot/chat";
import equal from "fast-deep-equal";
import { expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { attempt } from "../run/attempt.js";
import { airline } from "./airline/index.js";
import { type Domain, type DomainCall, ToolFailure } from "./domain.js";
import { bytesOf } from "./files.js";
import { playCall, replay } from "./play-call.js";
import { retail } from "./retail/index.js";
import { check } from "./reward.js";
import { taskOf } from "./task.js";
import { readWorld, type World } from "./world.js";

const DOMAINS: readonly Domain[] = [retail as Domain, airline as Domain];
const worldOf = (domain: Domain): Promise<World> =>
  readWorld(domain, fileURLToPath(new URL(`../../data/tau2/${domain.name}`, import.meta.url)));
const worlds = Object.fromEntries(
  await Promise.all(DOMAINS.map(async (domain) => [domain.name, await worldOf(domain)])),
);
const world = (name: string): World => worlds[name] as World;

/** Gold actions that the benchmark's own tools refuse, too: agents are to meet the refusal. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  retail: ["64 exchange_delivered_order_items", "105 exchange_delivered_order_items"],
  airline: [],
};

test("the airline's database is the benchmark's own, byte for byte", async () => {
  const path = fileURLToPath(new URL("../../data/tau2/airline/db.json", import.meta.url));
  const bytes = (await bytesOf(path))!;
  // As git names what github.com/sierra-research/tau2-bench has at commit a2c0247.
  const name = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  expect(name).toBe("c6a1e817aa9102c5822e83affb3595acbc312701");
});

test.each(DOMAINS)(
  "$name: every gold action that writes is done, and what reads changes nothing",
  ({ name, tools }) => {
    const { domain, database, tasks } = world(name);
    const isWrite = (call: DomainCall) => tools.some((tool) => tool.name === call.name && tool.writes);
    const refused: string[] = [];
    for (const task of tasks.map((one) => taskOf(one, world(name)))) {
      if (!task.actions.some(isWrite)) continue;
      const copy = structuredClone(database);
      for (const action of task.actions) {
        try {
          playCall(domain, copy, action);
        } catch (error) {
          expect(error).toBeInstanceOf(ToolFailure);
          if (isWrite(action)) refused.push(`${task.id} ${action.name}`);
        }
      }
    }
    expect(refused).toEqual(REFUSED[name]);
    const reads = tasks.flatMap((one) => taskOf(one, world(name)).actions.filter((call) => !isWrite(call)));
    expect(equal(replay(domain, database, reads), database)).toBe(true);
  },
);

test.each(DOMAINS)(
  "$name: a gold action that is left out, or done twice as another, is told by its field",
  ({ name }) => {
    const { domain, database, tasks } = world(name);
    const writes = (call: DomainCall) => domain.tools.some((tool) => tool.name === call.name && tool.writes);
    const changing = tasks.map((one) => taskOf(one, world(name))).filter(({ actions }) => actions.some(writes));
    expect(changing.length).toBeGreaterThan(20);
    for (const task of changing.slice(0, 6)) {
      const last = task.actions.findLastIndex(writes);
      const found = replay(domain, database, task.actions.toSpliced(last, 1));
      const messages: ChatMessage[] = [{ role: "assistant", content: "Done." }];
      const { differences, undone } = check(world(name), task, { messages, database: found, userCalls: [] });
      expect(differences.length).toBeGreaterThan(0);
      expect(differences.every(({ path }) => path.includes("."))).toBe(true);
      expect(undone.length).toBe(task.actions.length);
    }
  },
);

test("what differs says what is missing, unwanted and other", () => {
  const task = {
    start: { tables: [], calls: [] },
    actions: [cancel("no longer needed")],
    claims: [],
    communicate: ["1,000"],
  };
  const found = replay(retail as Domain, world("retail").database, [cancel("ordered by mistake"), harm()]);
  const { differences, unsaid } = check(
    world("retail"),
    {
      id: "x",
      scenario: { persona: "", reason: "", known: "", unknown: "", task: "" },
      assertions: [],
      basis: [],
      ...task,
    },
    { messages: [{ role: "assistant", content: "It is 1,000." }], database: found, userCalls: [] },
  );
  expect(differences.find(({ path }) => path.endsWith("cancel_reason"))).toMatchObject({
    kind: "other",
    wanted: "no longer needed",
    found: "ordered by mistake",
  });
  expect(differences.filter(({ kind }) => kind === "unwanted").map(({ path }) => path)).toContain(
    `users.${harm().arguments.user_id as string}.address.city`,
  );
  // As the benchmark has it: commas are taken from what was said, not from what is looked for.
  expect(unsaid).toEqual(["1,000"]);
});

const pending = () => {
  const orders = world("retail").database.orders as Record<string, { status: string }>;
  return Object.keys(orders).find((id) => orders[id]!.status === "pending")!;
};
const cancel = (reason: string): DomainCall => ({
  name: "cancel_pending_order",
  arguments: { order_id: pending(), reason },
});
const harm = () => retail.harm(world("retail").database as never);

test.each([
  ["an unknown tool", { name: "delete_everything", arguments: {} }, /there is no tool delete_everything; there are/],
  ["an argument that is missing", { name: "get_order_details", arguments: {} }, /order_id/],
  ["an argument of another type", { name: "get_order_details", arguments: { order_id: 7 } }, /order_id must be string/],
  ["a reason that is none", cancel("because"), /reason must be equal to one of/],
  ["a name of the language", { name: "get_order_details", arguments: { order_id: "constructor" } }, /Order not found/],
])("%s is the agent's slip and changes nothing", (_, call, message) => {
  const { domain, database } = world("retail");
  const copy = structuredClone(database);
  expect(() => playCall(domain, copy, call)).toThrow(message);
  expect(equal(copy, database)).toBe(true);
});

test("the airline books what the original books, also where numbers are written as text or as true", () => {
  const { domain, database, tasks } = world("airline");
  const { actions } = taskOf(tasks.find(({ fields }) => fields.id === "24")!, world("airline"));
  const [gold] = actions;
  const payments = gold!.arguments.payment_methods as { payment_id: string; amount: number }[];
  const written = payments.map((payment) => ({ ...payment, amount: ` ${payment.amount}.0` }));
  const loose = { ...gold!, arguments: { ...gold!.arguments, payment_methods: written, total_baggages: true } };
  expect(gold).toMatchObject({ name: "book_reservation", arguments: { total_baggages: 1 } });
  expect(equal(replay(domain, database, [loose]), replay(domain, database, [gold!]))).toBe(true);
  const none = { ...gold!, arguments: { ...gold!.arguments, nonfree_baggages: "0" } };
  expect(() => playCall(domain, structuredClone(database), none)).toThrow(/nonfree_baggages must be integer/);
});

async function served(turns: Parameters<typeof createScriptedModel>[0]["turns"], id = "0", name = "tau2-retail") {
  const benchmark = benchmarkNamed(name);
  for await (const item of benchmark.items({ seed: 0, limit: 200 }))
    if (item.id === id)
      return attempt({
        ...{ benchmark, item, sample: 0, model: createScriptedModel({ turns, contextLength: 1 << 24 }), sampling: {} },
        ...{ thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
      });
  throw new Error(`no task ${id}`);
}

test("a scripted user tells why they came, answers a question once, and goes when nothing is asked", async () => {
  const { messages, verdict, because } = await served(["What is your zip code?", "What is your zip code?"]);
  const said = messages.filter(({ role }) => role === "user").map(({ content }) => content!);
  expect(said.length).toBe(2);
  expect(said[0]).toMatch(/my notes[\s\S]*Yusuf Rossi/);
  expect(said[1]).toMatch(/go ahead/);
  expect([verdict, because]).toEqual([
    "wrong",
    expect.stringMatching(/status was not changed to "exchange requested"/),
  ]);
});

test("an agent whose calls keep failing is stopped", async () => {
  const { verdict, because, toolCalls } = await served(() => ({
    toolCalls: [{ name: "get_order_details", arguments: { order_id: "none" } }],
  }));
  expect([verdict, because, toolCalls]).toEqual(["wrong", "10 of its calls failed", 10]);
});

test("a model user opens the conversation, answers, and ends it by its word", async () => {
  const benchmark = benchmarkNamed("tau2-retail");
  for await (const item of benchmark.items({ seed: 0, limit: 1 })) {
    const user = createScriptedModel({ turns: ["I have a keyboard to exchange.", "Yes.", "Thanks. ###STOP###"] });
    const calls = benchmark.oracle(item).slice(0, -1);
    const turns = [
      "Shall I?",
      ...calls.map(({ tool_calls }) => ({
        toolCalls: tool_calls!.map(({ function: { name, arguments: args } }) => ({ name, arguments: args })),
      })),
      "Done.",
    ];
    const sample = await attempt({
      ...{ benchmark, item, sample: 0, model: createScriptedModel({ turns }), sampling: {}, company: { user } },
      ...{ thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
    });
    expect(sample).toMatchObject({ verdict: "right" });
    expect(user.requests[1]!.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(user.requests[0]!.messages[0]!.content).toMatch(/Yusuf Rossi/);
    expect(JSON.stringify(user.requests)).not.toMatch(/policy|tool_calls/);
    break;
  }
});

test("a judge is asked what words cannot show, in both orders", async () => {
  const benchmark = benchmarkNamed("tau2-retail");
  const always = (letter: string) => ({ name: "judge", model: createScriptedModel({ turns: () => letter }) });
  const { modelJudge } = await import("../judge/judge.js");
  for await (const item of benchmark.items({ seed: 0, limit: 10 })) {
    if (item.id !== "2") continue;
    const graded = async (judge: ReturnType<typeof modelJudge>) =>
      attempt({
        ...{ benchmark, item, sample: 0, sampling: {}, thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
        model: createScriptedModel({
          turns: benchmark.oracle(item).map(({ content, tool_calls = [] }) => ({
            content: content ?? "",
            toolCalls: tool_calls.map(({ function: { name, arguments: args } }) => ({ name, arguments: args })),
          })),
        }),
        company: { judge },
      });
    expect(await graded(modelJudge(always("A").model))).toMatchObject({ verdict: "not measured", reason: "unparsed" });
    const yes = createScriptedModel({
      turns: ({ messages }) => (/Statement A: .* meets/.test(messages[0]!.content!) ? "A" : "B"),
    });
    expect(await graded(modelJudge(yes))).toMatchObject({ verdict: "right" });
    const no = createScriptedModel({
      turns: ({ messages }) => (/Statement A: .* meets/.test(messages[0]!.content!) ? "B" : "A"),
    });
    expect(await graded(modelJudge(no))).toMatchObject({ verdict: "wrong" });
  }
});

test.each([
  [{}, /id is missing/],
  [{ id: "1", evaluation_criteria: { reward_basis: ["CHARM"] } }, /reward_basis is "CHARM"; expected/],
  [
    { id: "1", evaluation_criteria: { env_assertions: [{ func_name: "is_kind" }] } },
    /name of an assertion is "is_kind"/,
  ],
  [{ id: "1", evaluation_criteria: { actions: [{ requestor: "user" }] } }, /the side of an action is "user"/],
  [{ id: "1", evaluation_criteria: { actions: [{ name: "fly" }] } }, /name of an action is "fly"/],
  [{ id: "1", evaluation_criteria: {}, initial_state: { message_history: [] } }, /initial_state.message_history is/],
])("a task that does not fit names its field: %j", async (task, message) => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-tau2-"));
  try {
    await writeFile(join(dir, "policy.md"), "Be kind.");
    await writeFile(join(dir, "db.json"), JSON.stringify({ products: {}, users: {}, orders: {} }));
    await writeFile(join(dir, "tasks.json"), JSON.stringify([task]));
    const read = async () => {
      for await (const _ of benchmarkNamed("tau2-retail").items({ seed: 0, limit: 1, data: dir }));
    };
    await expect(read()).rejects.toThrow(message);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("a folder without the files says which one and where to get it", async () => {
  await expect(readWorld(retail as Domain, "/nowhere")).rejects.toThrow(
    /no policy.md; pass --data the folder .*retail/,
  );
});
