import { expect, test } from "vitest";
import type { GenerateRequest } from "../chat-model.js";
import type { ChatMessage, ToolDefinition } from "../messages.js";
import { chatBody } from "./chat-body.js";
import { ENDPOINT_PROFILES, type EndpointProfileName } from "./profiles/index.js";

const tools: ToolDefinition[] = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
const call = { function: { name: "f", arguments: "{}" } };
const messages: ChatMessage[] = [
  { role: "developer", content: "Be brief." },
  { role: "user", content: "A" },
  { role: "assistant", content: "", reasoning_content: "old", tool_calls: [call] },
  { role: "tool", content: "1" },
  { role: "assistant", content: "a", reasoning_content: "older" },
  { role: "user", content: "B" },
  { role: "assistant", reasoning_content: "new", tool_calls: [{ ...call, id: "x" }, call] },
  { role: "tool", content: "1", tool_call_id: "x" },
  { role: "tool", content: "2" },
];

function bodyFor(name: EndpointProfileName, more: Partial<GenerateRequest> = {}) {
  return chatBody({ messages, tools, ...more }, "m", ENDPOINT_PROFILES[name]) as Record<string, unknown> & {
    messages: Record<string, unknown>[];
  };
}

const reasoning = (body: { messages: Record<string, unknown>[] }, field: string) =>
  body.messages.filter(({ role }) => role === "assistant").map((message) => message[field]);

test("reasoning goes under the host's names, as far back as its contract says", () => {
  expect(reasoning(bodyFor("vllm"), "reasoning")).toEqual([undefined, undefined, "new"]);
  expect(reasoning(bodyFor("vllm"), "reasoning_content")).toEqual([undefined, undefined, "new"]);
  expect(reasoning(bodyFor("sglang"), "reasoning")).toEqual([undefined, undefined, undefined]);
  expect(reasoning(bodyFor("sglang"), "reasoning_content")).toEqual([undefined, undefined, "new"]);
  expect(reasoning(bodyFor("deepseek"), "reasoning_content")).toEqual(["old", "older", "new"]);
});

test("a message the contract wants reasoning of gets the field, empty", () => {
  const [first, second] = ["generic", "vllm"] as const;
  const bare: ChatMessage[] = [messages[1]!, { role: "assistant", tool_calls: [call] }, { role: "tool", content: "1" }];
  expect(reasoning(bodyFor(first, { messages: bare }), "reasoning_content")).toEqual([""]);
  expect(reasoning(bodyFor(second, { messages: bare }), "reasoning")).toEqual([undefined]);
});

test("calls without ids get some, and their results the same", () => {
  const sent = bodyFor("generic").messages;
  expect(sent[0]).toEqual({ role: "system", content: "Be brief." });
  expect(sent[3]).toEqual({ role: "tool", content: "1", tool_call_id: "call_2_0" });
  expect(sent[6]).toMatchObject({ content: null, tool_calls: [{ id: "x", type: "function" }, { id: "call_6_1" }] });
  expect(sent.slice(7).map((message) => message.tool_call_id)).toEqual(["x", "call_6_1"]);
});

test("thinking is switched in the host's words", () => {
  const off = { thinkingMode: "chat" as const };
  expect(bodyFor("vllm").chat_template_kwargs).toEqual({ thinking: true, enable_thinking: true });
  expect(bodyFor("sglang", off).chat_template_kwargs).toEqual({ thinking: false });
  expect(bodyFor("deepseek").thinking).toEqual({ type: "enabled" });
  expect(bodyFor("deepseek", off).thinking).toEqual({ type: "disabled" });
  expect(bodyFor("generic", off).reasoning_effort).toBe("none");
});

test("parameters the host ignores are left out, those it refuses are an error", () => {
  expect(bodyFor("vllm", { topK: 5, seed: 1, maxTokens: 7, topLogprobs: 2 })).toMatchObject({
    temperature: 1,
    top_p: 0.95,
    top_k: 5,
    seed: 1,
    max_tokens: 7,
    logprobs: true,
    top_logprobs: 2,
    stream_options: { include_usage: true },
  });
  expect(bodyFor("deepseek", { temperature: 0.3, topK: 0 })).not.toHaveProperty("temperature");
  expect(bodyFor("deepseek", { thinkingMode: "chat" })).toMatchObject({ temperature: 1, top_p: 0.95 });
  expect(() => bodyFor("deepseek", { topK: 5 })).toThrow("top_k is not supported by a deepseek endpoint; remove it");
  expect(() => bodyFor("deepseek", { topLogprobs: 1 })).toThrow("turn thinking off, or remove it");
  expect(bodyFor("deepseek", { topLogprobs: 1, thinkingMode: "chat" })).toMatchObject({ logprobs: true });
});

test("a response format is the host's, or in the system message where it knows no schemas", () => {
  const responseFormat = { type: "object", properties: { a: { type: "string" } } };
  expect(bodyFor("vllm", { responseFormat }).response_format).toEqual({
    type: "json_schema",
    json_schema: { name: "response", schema: responseFormat },
  });
  const body = bodyFor("deepseek", { responseFormat });
  expect(body.response_format).toEqual({ type: "json_object" });
  expect(body.messages[0]?.content).toContain("Be brief.\n\n## Response Format:");
  expect(bodyFor("vllm", { responseFormat: {} })).not.toHaveProperty("response_format");
  const attached: ChatMessage[] = [{ role: "system", tools, response_format: responseFormat }, messages[1]!];
  const { tools: none, ...request } = { messages: attached, tools: undefined };
  expect(none).toBeUndefined();
  expect(chatBody(request, "m", ENDPOINT_PROFILES.vllm)).toMatchObject({
    tools,
    response_format: { type: "json_schema" },
  });
});
