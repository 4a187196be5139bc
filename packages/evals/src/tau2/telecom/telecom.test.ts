import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import type { Company, Item } from "../../benchmark.js";
import { benchmarkNamed } from "../../benchmarks/index.js";
import { attempt } from "../../run/attempt.js";
import { callsIn, isUserAct, type SampleMessage } from "../../users/user-acts.js";
import type { ConversationData } from "../benchmark.js";
import { type Domain, type DomainCall, ToolFailure } from "../domain.js";
import { playCall, replay } from "../play-call.js";
import { check } from "../reward.js";
import { readWorld } from "../world.js";
import type { Telecom } from "./database.js";
import { telecom } from "./index.js";
import { speedOf } from "./phone/speed.js";

const FOLDER = fileURLToPath(new URL("../../../data/tau2/telecom", import.meta.url));
const benchmark = benchmarkNamed("tau2-telecom");
const items: Item<ConversationData>[] = [];
for await (const item of benchmark.items({ seed: 0, limit: 200 })) items.push(item as Item<ConversationData>);
const ofUser = (name: string, args = {}): DomainCall => ({ name, arguments: args, by: "user" });
const itemNamed = (id: string) => items.find((item) => item.id === id)!;
const OFF = "[mobile_data_issue]airplane_mode_on|data_mode_off[PERSONA:None]";
const UNPAID = "[service_issue]overdue_bill_suspension|unseat_sim_card[PERSONA:Easy]";

function outcome({ data: { world, task } }: Item<ConversationData>, calls: readonly DomainCall[]) {
  const database = replay(world.domain, world.database, calls) as unknown as Telecom;
  const { unmet } = check(world, task, { messages: [], database, userCalls: [] });
  return { database, unmet: unmet.map(({ name }) => name) };
}

const shown = (message: SampleMessage): string => {
  const by = message.role === "tool" && isUserAct(message) ? "tool of the user's" : message.role;
  const calls = callsIn(message).map(({ function: { name, arguments: args } }) => `${by} ${name}(${args})`);
  return calls.join() || `${by}: ${message.content}`;
};

function served(item: Item, turns: Parameters<typeof createScriptedModel>[0]["turns"], company: Company = {}) {
  return attempt({
    ...{ benchmark, item, sample: 0, model: createScriptedModel({ turns, contextLength: 1 << 24 }), sampling: {} },
    ...{ thinkingMode: "chat", seed: 0, timeoutMs: 60_000, company },
  });
}

test("each of the 114 tasks is solved by its gold actions, and not without the last of them", () => {
  expect(items.length).toBe(114);
  for (const item of items) {
    const { actions, basis } = item.data.task;
    expect([item.id, outcome(item, actions).unmet]).toEqual([item.id, []]);
    // Where the caller is to be handed over it is that call which counts.
    const isUnsolved = basis.includes("ACTION") || outcome(item, actions.slice(0, -1)).unmet.length > 0;
    expect([item.id, isUnsolved]).toEqual([item.id, true]);
  }
});

test("a bill is asked for, paid by the user, and the line works when the phone has started again", () => {
  const item = itemNamed(UNPAID);
  const ask = { name: "send_payment_request", arguments: { customer_id: "C1001", bill_id: "B1234321" } };
  const asked = outcome(item, [ask]).database;
  expect(asked.surroundings.payment_request).toEqual({ bill_id: "B1234321", amount_due: 65, paid: false });
  const resume = { name: "resume_line", arguments: { customer_id: "C1001", line_id: "L1002" } };
  const paid = outcome(item, [ask, ofUser("make_payment"), resume, ofUser("reseat_sim_card")]);
  expect(paid.database.bills.find(({ bill_id }) => bill_id === "B1234321")?.status).toBe("Paid");
  expect(paid.database.surroundings.payment_request).toBeUndefined();
  expect(paid.unmet).toEqual([]);
  // The line is suspended before the phone looks for a network.
  expect(outcome(item, [ofUser("reseat_sim_card"), ask, ofUser("make_payment"), resume]).unmet).toEqual([
    "assert_service_status",
  ]);
});

test("mobile data are as fast as network, signal, VPN and data saver let them", () => {
  const { database } = outcome(itemNamed(OFF), itemNamed(OFF).data.task.actions);
  expect(speedOf(database)).toEqual({ mbps: 275, called: "excellent" });
  const after = (...calls: DomainCall[]) => speedOf(replay(telecom as Domain, database, calls));
  expect(after(ofUser("toggle_data_saver_mode"))).toEqual({ mbps: 55, called: "good" });
  expect(after(ofUser("set_network_mode_preference", { mode: "2g_only" }))).toEqual({
    mbps: 0.05,
    called: "very poor",
  });
  expect(after(ofUser("toggle_airplane_mode"))).toBeUndefined();
  expect(speedOf({ ...database, surroundings: { ...database.surroundings, is_abroad: true } })).toBeUndefined();
});

test("neither side has the other's tools, and what cannot be done changes nothing", () => {
  const { world } = itemNamed(OFF).data;
  const copy = structuredClone(world.database);
  for (const [call, message] of [
    [{ name: "toggle_data", arguments: {} }, /there is no tool toggle_data/],
    [ofUser("resume_line"), /there is no tool resume_line/],
    [ofUser("toggle_wifi"), /airplane mode/],
    [ofUser("make_payment"), /no payment is asked for/],
    [ofUser("grant_app_permission", { app_name: "maps", permission: "sms" }), /there is no app maps/],
    [{ name: "get_details_by_id", arguments: { id: "x1" } }, /no kind/],
  ] as const)
    expect(() => playCall(world.domain, copy, call)).toThrow(message);
  expect(copy).toEqual(world.database);
});

test("a scripted user does and tells what is asked in plain words, and leaves the rest as it is", async () => {
  const { messages, verdict } = await served(itemNamed(OFF), [
    "What does the status bar show?",
    "Please turn off airplane mode, and turn off Wi-Fi calling.",
    "Now turn on mobile data, please, and run a speed test.",
    "Please turn on mobile data.",
    "You are welcome.",
  ]);
  const said = messages.flatMap(({ role, content }) => (role === "user" && content ? [content] : []));
  expect(said[1]).toMatch(/check_status_bar: Status bar: airplane mode/);
  expect(said[2]).toMatch(/toggle_airplane_mode: Airplane mode is now off[\s\S]*toggle_wifi_calling: I left that/);
  expect(said[3]).toMatch(/Mobile data are now on[\s\S]*275 Mbit\/s, which is excellent/);
  expect(said[4]).toBe("toggle_data: I left that as it is.");
  expect([said.length, verdict]).toEqual([5, "right"]);
});

test("what was left undone is told by assertion and by field", async () => {
  const { verdict, because } = await served(itemNamed(OFF), ["Please turn off airplane mode.", "That is all."]);
  expect(verdict).toBe("wrong");
  expect(because).toMatch(/assert_mobile_data_status\(\{"expected_status":true\}\) is not so/);
  expect(because).toMatch(/device.data_enabled was not changed to true \(1 of 2 gold actions\)/);
});

test("a model user acts with tools of its own, of which the agent reads only what it says", async () => {
  const user = createScriptedModel({
    turns: [
      "My data is gone.",
      { toolCalls: [{ name: "toggle_airplane_mode", arguments: "{}" }] },
      { toolCalls: [{ name: "toggle_data", arguments: "{" }] },
      { toolCalls: [{ name: "toggle_data", arguments: "{}" }] },
      "I did both.",
      "###STOP###",
    ],
  });
  const read: string[] = [];
  const turns = ["Airplane mode off and data on, please.", "Well done."];
  const agent = ({ messages }: { messages: readonly object[] }, turn: number) => {
    read.push(JSON.stringify(messages));
    return turns[turn]!;
  };
  const sample = await served(itemNamed(OFF), agent, { user });
  expect(read).toHaveLength(2);
  expect(read.join()).not.toMatch(/now off|Mobile data are|user_call/);
  expect(sample).toMatchObject({ verdict: "right", toolCalls: 0 });
  expect(sample.messages.slice(2).map(shown)).toEqual([
    ...["user: My data is gone.", "assistant: Airplane mode off and data on, please."],
    ...["user toggle_airplane_mode({})", expect.stringMatching(/^tool of the user's: Airplane mode is now off/)],
    ...["user toggle_data({})", expect.stringMatching(/^tool of the user's: Mobile data are now on/)],
    ...["user: I did both.", "assistant: Well done."],
  ]);
  const last = user.requests.at(-1)!;
  expect(last.tools!.map(({ function: { name } }) => name)).toContain("run_speed_test");
  const parts = "system user assistant user assistant tool assistant tool assistant tool assistant user";
  expect(last.messages.map(({ role }) => role).join(" ")).toBe(parts);
  expect(last.messages[7]!.content).toBe("Error: the arguments are no JSON object");
  expect(last.messages[9]!.content).toMatch(/Mobile data are now on/);
});

test("a user that only acts has to say something in the end", async () => {
  const user = createScriptedModel({
    turns: ({ tools }) => (tools ? { toolCalls: [{ name: "check_status_bar", arguments: "{}" }] } : "###STOP###"),
  });
  const { verdict } = await served(itemNamed(OFF), ["Hello?"], { user });
  // At the beginning and after the agent's message: ten calls, then a word.
  expect([verdict, user.requests.length]).toEqual(["wrong", 22]);
});

test("a folder of the benchmark's is read: its base split, and a file that is broken by name", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-telecom-"));
  try {
    await expect(readWorld(telecom as Domain, dir)).rejects.toThrow(/no main_policy.md; .*db.toml, user_db.toml/);
    for (const name of ["main_policy.md.gz", "tech_support_manual.md.gz", "db.toml", "tasks.json.gz"])
      await writeFile(join(dir, name), await readFile(join(FOLDER, name)));
    await expect(readWorld(telecom as Domain, dir)).rejects.toThrow(/with device, nor device.json/);
    await writeFile(join(dir, "user_db.toml"), "[device");
    await expect(readWorld(telecom as Domain, dir)).rejects.toThrow(/user_db.toml is not TOML/);
    await writeFile(join(dir, "user_db.toml"), await readFile(join(FOLDER, "user_db.toml")));
    await writeFile(join(dir, "split_tasks.json"), JSON.stringify({ base: [OFF] }));
    const { tasks, policy } = await readWorld(telecom as Domain, dir);
    expect(tasks.map(({ fields }) => fields.id)).toEqual([OFF]);
    expect(policy).toMatch(/Telecom Agent Policy[\s\S]*Troubleshooting MMS/);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("a start that cannot be is the data's fault", async () => {
  const { startedBy } = await import("../started-by.js");
  const { world, task } = itemNamed(OFF).data;
  const start = { tables: [], calls: [{ name: "lock_sim_card", arguments: { mode: "nuk" }, by: "user" as const }] };
  expect(() => startedBy({ where: "x.json, task 1", fields: {} }, world, { ...task, start })).toThrow(
    /x.json, task 1: lock_sim_card of initial_state fails: mode must be equal/,
  );
  expect(() => startedBy({ where: "x", fields: {} }, world, { ...task, start })).not.toThrow(ToolFailure);
});
