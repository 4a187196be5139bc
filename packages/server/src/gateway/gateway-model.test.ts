import {
  type ChatMessage,
  collectMessage,
  createScriptedModel,
  type RetentionPolicy,
  type ScriptedTurn,
} from "@cachalot/chat";
import { expect, test } from "vitest";
import { createGatewayModel } from "./gateway-model.js";
import { ReasoningMemory } from "./reasoning-memory.js";

const user: ChatMessage = { role: "user", content: "Go" };
const call = (city: string, id?: string) => ({ name: "weather", arguments: { city }, ...(id ? { id } : {}) });

async function gatewayFor(turns: ScriptedTurn[], policy?: RetentionPolicy) {
  const upstream = createScriptedModel({ turns });
  const memory = await ReasoningMemory.open();
  const model = createGatewayModel(upstream, memory, policy);
  const ask = async (messages: ChatMessage[], thinkingMode: "thinking" | "chat" = "thinking") => {
    const kinds: (string | undefined)[] = [];
    const spied = async function* () {
      for await (const event of model.generate({ messages, thinkingMode })) {
        if (event.type === "repair") kinds.push(event.kind);
        yield event;
      }
    };
    const { message } = await collectMessage(spied());
    const { reasoning_content: _, ...bare } = message;
    return { message, bare, kinds };
  };
  return { upstream, ask };
}

const sent = (messages: readonly ChatMessage[] | undefined) =>
  messages?.flatMap((message) => (message.role === "assistant" ? [message.reasoning_content] : []));

test("puts dropped reasoning back, for as long as the turn lasts", async () => {
  const { upstream, ask } = await gatewayFor([
    { reasoning: "one", toolCalls: [call("Rome")] },
    { reasoning: "two", content: "Hm.", toolCalls: [call("Oslo")] },
    { reasoning: "three", content: "Done." },
    { reasoning: "four", content: "Yes." },
  ]);
  const history: ChatMessage[] = [user];
  const kinds: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const answer = await ask([...history]);
    kinds.push(answer.kinds);
    history.push(answer.bare);
    if (i < 2) history.push({ role: "tool", content: "sunny", tool_call_id: answer.bare.tool_calls?.[0]?.id ?? "" });
  }
  history.push(user);
  kinds.push((await ask(history)).kinds);
  expect(upstream.requests.map(({ messages }) => sent(messages))).toEqual([
    [],
    ["one"],
    ["one", "two"],
    [undefined, undefined, undefined],
  ]);
  expect(kinds).toEqual([[], ["restored-reasoning"], ["restored-reasoning", "restored-reasoning"], []]);
});

test("keeps it over user messages where the policy says so", async () => {
  const turns = [
    { reasoning: "one", toolCalls: [call("Rome")] },
    { reasoning: "two", content: "Done." },
    { reasoning: "three", content: "Yes." },
  ];
  const { upstream, ask } = await gatewayFor(turns, "v4-api");
  const first = await ask([user]);
  const history = [user, first.bare, { role: "tool" as const, content: "x" }];
  const second = await ask([...history]);
  await ask([...history, second.bare, user]);
  expect(sent(upstream.requests[2]?.messages)).toEqual(["one", "two"]);
});

test("reasoning a client did send is left alone, and unknown reasoning is reported", async () => {
  const { upstream, ask } = await gatewayFor([{ content: "ok" }, { content: "ok" }, { content: "ok" }]);
  const tool: ChatMessage = { role: "tool", content: "x" };
  const tool_calls = [{ id: "z", function: { name: "f", arguments: "{}" } }];
  const own: ChatMessage = { role: "assistant", reasoning_content: "mine", tool_calls };
  expect((await ask([user, own, tool])).kinds).toEqual([]);
  expect(sent(upstream.requests[0]?.messages)).toEqual(["mine"]);
  const { reasoning_content: _, ...dropped } = own;
  expect((await ask([user, dropped, tool])).kinds).toEqual(["missing-reasoning"]);
  expect((await ask([user, dropped, tool], "chat")).kinds).toEqual([]);
});

test("an answer that had no reasoning misses none", async () => {
  const { ask } = await gatewayFor([{ toolCalls: [call("Rome")] }, { content: "ok" }]);
  const { bare } = await ask([user]);
  expect((await ask([user, bare, { role: "tool", content: "x" }])).kinds).toEqual([]);
});
