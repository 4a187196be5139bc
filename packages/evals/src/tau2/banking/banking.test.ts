import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import type { Item } from "../../benchmark.js";
import { benchmarkNamed } from "../../benchmarks/index.js";
import { attempt } from "../../run/attempt.js";
import type { ConversationData } from "../benchmark.js";
import type { Domain, DomainCall } from "../domain.js";
import { playCall, replay } from "../play-call.js";
import { check } from "../reward.js";
import { readWorld } from "../world.js";
import { type Bank, daysSince, idOf } from "./database.js";
import { banking } from "./index.js";

const FOLDER = fileURLToPath(new URL("../../../data/tau2/banking_knowledge", import.meta.url));
const benchmark = benchmarkNamed("tau2-banking-knowledge");
const items: Item<ConversationData>[] = [];
for await (const item of benchmark.items({ seed: 0, limit: 200 })) items.push(item as Item<ConversationData>);
const itemNamed = (id: string) => items.find((item) => item.id === id)!;

const inner = (name: string, args: object): DomainCall[] => [
  { name: "unlock_discoverable_agent_tool", arguments: { agent_tool_name: name } },
  { name: "call_discoverable_agent_tool", arguments: { agent_tool_name: name, arguments: JSON.stringify(args) } },
];

/** The bank after calls, and what the last one said. */
function after(calls: readonly DomainCall[], id = "task_001") {
  const database = structuredClone(itemNamed(id).data.world.database) as unknown as Bank;
  const said = calls.map((call) => playCall(banking as Domain, database, call));
  return { database, said: said.at(-1) };
}

function served(item: Item, turns: Parameters<typeof createScriptedModel>[0]["turns"]) {
  return attempt({
    ...{ benchmark, item, sample: 0, model: createScriptedModel({ turns, contextLength: 1 << 24 }), sampling: {} },
    ...{ thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
  });
}

test("there are 97 tasks, and doing nothing solves none", () => {
  expect(items.length).toBe(97);
  expect(items.filter((item) => benchmark.isIdle!(item))).toEqual([]);
});

test("where the database counts gold calls change it, and what is unlocked is no part of it", () => {
  for (const { id, data } of items.filter(({ data }) => data.task.basis.includes("DB"))) {
    const { world, task } = data;
    const database = replay(world.domain, world.database, task.actions);
    const { differences } = check(world, { ...task, actions: [] }, { messages: [], database, userCalls: [] });
    expect([id, differences.length > 0]).toEqual([id, true]);
    expect(differences.some(({ path }) => path.startsWith("session"))).toBe(false);
  }
});

test("an inner tool is called only when it is unlocked, and its call is on record however it ends", () => {
  const [unlock, call] = inner("freeze_debit_card_3892", { card_id: "dbc_none" }) as [DomainCall, DomainCall];
  expect(() => after([call])).toThrow(/freeze_debit_card_3892 is not unlocked/);
  expect(after([unlock]).said).toMatch(/freeze_debit_card_3892: Freezes.*\n- card_id \(string\)/);
  const { database, said } = after([unlock, call]);
  expect(said).toBe("Error: there is no dbc_none among the debit cards");
  expect(Object.values(database.agent_discoverable_tools.data)).toEqual([
    { tool_name: "freeze_debit_card_3892", status: "CALLED" },
  ]);
  expect(() => after(inner("freeze_debit_card_3892", { card: "x" }))).toThrow(/argument card_id is missing/);
  expect(() => after(inner("pour_tea_0001", {}))).toThrow(/there is no tool pour_tea_0001/);
});

test("what only reads is on record where the task asks for it", () => {
  const name = "get_all_user_accounts_by_user_id_3847";
  const asks = items.find(({ data }) =>
    data.task.actions.some(({ arguments: { agent_tool_name: called } }) => called === name),
  )!;
  const read = inner(name, { user_id: "nobody" });
  expect(Object.keys(after(read, asks.id).database.agent_discoverable_tools.data).length).toBe(1);
  expect(Object.keys(after(read, "task_001").database.agent_discoverable_tools.data).length).toBe(0);
});

test("a card is closed, ordered again with its fees, and activated by the tool for its reason", () => {
  const { accounts, debit_cards: cards } = itemNamed("task_001").data.world.database as unknown as Bank;
  const [card_id, card] = Object.entries(cards.data).find(
    ([, { status, account_id }]) => status === "ACTIVE" && accounts.data[String(account_id)]?.status === "OPEN",
  )!;
  const account_id = String(card.account_id);
  const account = accounts.data[account_id]!;
  const order = {
    ...{ account_id, user_id: account.user_id, delivery_option: "rush", delivery_fee: 15, card_design: "CLASSIC" },
    ...{ design_fee: 0, shipping_address: "1 Main St" },
  };
  expect(after(inner("order_debit_card_5739", order)).said).toMatch(/has an active card/);
  const lost = inner("close_debit_card_4721", { card_id, reason: "lost" });
  const ordered = after([...lost, ...inner("order_debit_card_5739", order)]);
  const { card_id: newId } = ordered.said as { card_id: string };
  expect(newId).toBe(`dbc_${idOf(`debit_card:${account_id}:${account.user_id}:11/14/2025`)}`);
  const fresh = ordered.database.debit_cards.data[newId]!;
  expect(fresh).toMatchObject({ status: "PENDING", issue_reason: "lost", card_design: "CLASSIC" });
  expect(ordered.database.accounts.data[account_id]!.current_holdings).toBe(
    (Number(account.current_holdings) - 15).toFixed(2),
  );
  const activate = (tool: string, pin: string) =>
    after([
      ...[...lost, ...inner("order_debit_card_5739", order)],
      ...inner(tool, {
        ...{ card_id: newId, last_4_digits: fresh.last_4_digits, expiration_date: "11/29", cvv: fresh.cvv, pin },
      }),
    ]);
  expect(activate("activate_debit_card_8291", "2580").said).toMatch(/issued for: lost/);
  expect(activate("activate_debit_card_8292", "3456").said).toMatch(/the PIN is a sequence/);
  expect(activate("activate_debit_card_8292", "2580").database.debit_cards.data[newId]).toMatchObject({
    ...{ status: "ACTIVE", activated_date: "11/14/2025" },
  });
});

test("a customer uses a tool when the agent has given it, and not before", () => {
  const [user_id] = Object.keys((itemNamed("task_001").data.world.database as unknown as Bank).users.data);
  const use: DomainCall = {
    ...{ name: "call_discoverable_user_tool", by: "user" },
    arguments: {
      ...{ discoverable_tool_name: "get_referral_link" },
      arguments: JSON.stringify({ user_id, card_name: "EcoCard" }),
    },
  };
  const give = { name: "give_discoverable_user_tool", arguments: { discoverable_tool_name: "get_referral_link" } };
  expect(() => after([use])).toThrow(/has not given you get_referral_link/);
  const { database, said } = after([give, use, use]);
  expect(said).toMatch(/Error: there is such a record already/);
  expect(Object.values(database.user_discoverable_tool_calls.data).length).toBe(1);
  expect(Object.values(database.referrals.data)).toContainEqual(
    expect.objectContaining({ referrer_id: user_id, referred_account_type: "EcoCard" }),
  );
});

test("an agent searches the documents, and a scripted user applies when told for what", async () => {
  const item = itemNamed("task_001");
  const { messages, verdict } = await served(item, [
    { toolCalls: [{ name: "search", arguments: '{"query": "Gold Rewards Card cash back", "limit": 3}' }] },
    { toolCalls: [{ name: "open", arguments: '{"id": "doc_credit_cards_gold_rewards_card_001"}' }] },
    "Please apply for the Gold Rewards Card.",
    "You are welcome.",
  ]);
  expect(messages.filter(({ role }) => role === "tool").map(({ content }) => content)).toEqual([
    expect.stringContaining("Gold Rewards Card"),
    expect.stringMatching(/page 1 of/),
    // The user's own call.
    expect.stringContaining("The application is submitted"),
  ]);
  expect(messages.at(-2)!.content).toMatch(/apply_for_credit_card: The application is submitted/);
  expect(verdict).toBe("right");
});

test("a user has the tools that its task gives it", async () => {
  const user = createScriptedModel({ turns: ["Hello.", "###STOP###"] });
  await attempt({
    ...{ benchmark, item: itemNamed("task_001"), sample: 0, sampling: {}, company: { user } },
    model: createScriptedModel({ turns: ["Yes?"], contextLength: 1 << 24 }),
    ...{ thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
  });
  expect(user.requests[0]!.tools!.map(({ function: { name } }) => name)).toEqual(["apply_for_credit_card"]);
});

test("days are counted from dates, and from nothing else", () => {
  expect(daysSince("11/01/2025")).toBe(13);
  expect(daysSince("2025-11-01")).toBeUndefined();
});

test("documents are read from a folder as well, and a file that is none is named", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-bank-"));
  try {
    await mkdir(join(dir, "prompts/components"), { recursive: true });
    for (const name of ["prompts/components/policy_header.md.gz", "prompts/components/additional_instructions.md.gz"])
      await writeFile(join(dir, name), await readFile(join(FOLDER, name)));
    for (const name of ["db.json.gz", "tasks.json.gz"])
      await writeFile(join(dir, name), await readFile(join(FOLDER, name)));
    await expect(readWorld(banking as Domain, dir)).rejects.toThrow(/has no documents; pass --data/);
    await mkdir(join(dir, "documents"));
    await writeFile(join(dir, "documents", "a.json"), JSON.stringify({ id: "a", title: "A", content: "Alpha" }));
    expect((await readWorld(banking as Domain, dir)).library).toMatch(/pages.jsonl$/);
    await writeFile(join(dir, "documents", "b.json"), "{}");
    await expect(readWorld(banking as Domain, dir)).rejects.toThrow(/b.json is no document; expected \{"id"/);
  } finally {
    await rm(dir, { recursive: true });
  }
});
