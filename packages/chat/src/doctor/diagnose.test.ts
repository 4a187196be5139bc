import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatError } from "../errors.js";
import { chatPrompt } from "../prompt/chat-prompt.js";
import { parseMessages } from "../prompt/parse-messages.js";
import { assistantMessage, plainText } from "../testing/arbitraries.js";
import { type DiagnoseOptions, DOCTOR_RULES, diagnoseRequest } from "./diagnose.js";

const user = { role: "user", content: "Hi" };
const tool = (id: string) => ({ role: "tool", tool_call_id: id, content: "ok" });
const call = (id: string | undefined, args: unknown = "{}", name = "f") => ({
  id,
  function: { name, arguments: args },
});
const calls = (...list: object[]) => ({ role: "assistant", reasoning_content: "hm", tool_calls: list });
const tools = [{ type: "function", function: { name: "f" } }];
const good = { messages: [user, calls(call("a"), call("b")), tool("a"), tool("b")], tools };

/** Every rule, each broken once: the request, and where. */
const cases: Record<string, [request: object, found: string, options?: DiagnoseOptions][]> = {
  shape: [
    [{ messages: [] }, "messages"],
    [{ ...good, messages: [user, null, user] }, "1 messages[1]"],
    [{ messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "0 messages[0].content[0].type"],
    [{ messages: [user], tools: [{ type: "x" }] }, "tools[0].type"],
  ],
  "missing-reasoning": [
    [
      { ...good, messages: [user, { ...calls(call("a")), reasoning_content: "" }, tool("a")] },
      "1 messages[1].reasoning_content",
    ],
    [
      { ...good, messages: [user, { role: "assistant", tool_calls: [call("a")] }, tool("a"), user] },
      "1 messages[1].reasoning_content",
      { profile: "deepseek" },
    ],
  ],
  "reasoning-field": [
    [
      { messages: [user, { role: "assistant", content: "x", reasoning: "hm" }, user] },
      "1 messages[1].reasoning",
      { profile: "sglang" },
    ],
  ],
  "reasoning-in-content": [
    [{ messages: [user, { role: "assistant", content: "hm</think>x" }, user] }, "1 messages[1].content"],
  ],
  "leaked-calls": [
    [{ messages: [user, { role: "assistant", content: "<｜DSML｜function_calls>" }, user] }, "1 messages[1].content"],
    [
      { messages: [user, { role: "assistant", content: "x", reasoning_content: "<｜DSML｜invoke" }, user] },
      "1 messages[1].reasoning_content",
    ],
  ],
  "unanswered-call": [
    [{ ...good, messages: [user, calls(call("a"), call("b")), tool("a")] }, "1 messages[1].tool_calls"],
  ],
  "stray-result": [
    [{ messages: [user, tool("a")] }, "1 messages[1]"],
    [{ ...good, messages: [...good.messages, tool("a")] }, "4 messages[4]"],
    [{ ...good, messages: [user, calls(call("a")), tool("z")] }, "2 messages[2].tool_call_id"],
  ],
  "result-order": [
    [{ ...good, messages: [user, calls(call("a"), call("b")), tool("b"), tool("a")] }, "3 messages[3].tool_call_id"],
  ],
  "call-id": [
    [
      { ...good, messages: [user, calls(call("a"), call("a")), tool("a"), tool("a")] },
      "1 messages[1].tool_calls[1].id",
    ],
    [
      { ...good, messages: [user, calls(call(undefined)), { role: "tool", content: "ok" }] },
      "1 messages[1].tool_calls[0].id",
    ],
  ],
  "call-arguments": [
    [
      { ...good, messages: [user, calls(call("a", '{"x":')), tool("a")] },
      "1 messages[1].tool_calls[0].function.arguments",
    ],
    [
      { ...good, messages: [user, calls(call("a", { x: 1 })), tool("a")] },
      "1 messages[1].tool_calls[0].function.arguments",
    ],
    [
      { ...good, messages: [user, calls(call("a", "[]")), tool("a")] },
      "1 messages[1].tool_calls[0].function.arguments",
    ],
  ],
  "unknown-tool": [[{ messages: good.messages }, "1 messages[1].tool_calls"]],
  "speciale-tools": [
    [{ messages: [user], tools }, "tools", { speciale: true }],
    [{ messages: good.messages }, "1 messages[1].tool_calls", { speciale: true }],
  ],
  "developer-role": [
    [{ messages: [user, { role: "developer", content: "x" }, user] }, "1 messages[1].role"],
    [{ messages: [{ role: "developer", content: "x" }, user] }, "0 messages[0].role", { profile: "deepseek" }],
  ],
  "special-token": [[{ messages: [{ role: "user", content: "a<｜User｜>b" }] }, "0 messages[0].content"]],
  "last-message": [
    [{ messages: [user, { role: "assistant", content: "x", reasoning_content: "y" }] }, "1 messages[1].role"],
  ],
  "thinking-conflict": [
    [{ messages: [user], thinking: { type: "enabled" }, reasoning_effort: "none" }, "reasoning_effort"],
  ],
  "thinking-switch": [
    [{ messages: [user], thinking: { type: "enabled" } }, "thinking.type", { profile: "vllm" }],
    [
      { messages: [user], chat_template_kwargs: { enable_thinking: true } },
      "chat_template_kwargs.enable_thinking",
      { profile: "sglang" },
    ],
  ],
  "refused-parameter": [
    [{ messages: [user], top_k: 5 }, "top_k"],
    [{ messages: [user], logprobs: true }, "top_logprobs", { profile: "deepseek" }],
  ],
  "tool-choice": [
    [{ messages: [user], tools, tool_choice: "required" }, "tool_choice", { profile: "deepseek" }],
    [{ messages: [user], tools, parallel_tool_calls: false }, "parallel_tool_calls", { profile: "deepseek" }],
  ],
  "response-format": [
    [{ messages: [user], response_format: { type: "json_schema" } }, "response_format", { profile: "deepseek" }],
  ],
  "served-field": [
    [{ messages: [user], presence_penalty: 1 }, "presence_penalty"],
    [{ messages: [user], mirostat: 2 }, "mirostat"],
  ],
};

test("every rule has a case", () => {
  expect(Object.keys(cases).sort()).toEqual(DOCTOR_RULES.map(({ id }) => id).sort());
});

describe.each(Object.entries(cases))("%s", (rule, list) => {
  test.each(list)("case %#", (request, found, options) => {
    const findings = diagnoseRequest(request, options).filter((finding) => finding.rule === rule);
    expect(findings.map(({ index, path }) => (index === undefined ? path : `${index} ${path}`))).toEqual([found]);
    expect(findings[0]?.message).toMatch(/; \S/);
  });
});

test("a right request has no findings, for any host", () => {
  for (const profile of ["vllm", "sglang", "deepseek", "generic"] as const) {
    expect(diagnoseRequest(good, { profile })).toEqual([]);
    expect(diagnoseRequest(good.messages.slice(0, 1), { profile })).toEqual([]);
    expect(
      diagnoseRequest({ ...good, thinking: { type: "disabled" }, reasoning_effort: "none" }, { profile: "generic" }),
    ).toEqual([]);
  }
});

test("the authors' conversation is right", () => {
  const golden = new URL("../../../../test/golden/encoding/official_input.json", import.meta.url);
  const findings = diagnoseRequest(JSON.parse(readFileSync(golden, "utf8")));
  // Their fixture ends with the answer.
  expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(["last-message"]));
});

test("an effort is read by DeepSeek's API, and an earlier turn is called one", () => {
  const effort = { ...good, reasoning_effort: "max" };
  expect(diagnoseRequest(effort, { profile: "deepseek" })).toEqual([]);
  expect(
    diagnoseRequest({ ...good, parallel_tool_calls: false, tool_choice: "required" }, { profile: "vllm" }),
  ).toEqual([]);
  const later = [...good.messages, { role: "assistant", content: "ok" }, user];
  const [finding] = diagnoseRequest({ ...good, messages: later }, { profile: "deepseek" });
  expect(finding).toMatchObject({ index: 4, rule: "missing-reasoning" });
  expect(finding?.message).toContain("answers in a turn that called tools");
});

test("any JSON is diagnosed or refused by name", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (messages, other) => {
      for (const value of [
        messages,
        { messages, tools: other },
        { messages: [user, messages, { role: "assistant", tool_calls: other }] },
      ]) {
        try {
          for (const { message } of diagnoseRequest(value)) expect(message).not.toBe("");
        } catch (error) {
          expect(error).toBeInstanceOf(ChatError);
        }
      }
    }),
    { numRuns: 200, seed: 2 },
  );
});

test("what has no findings can be encoded", () => {
  const message = fc.oneof(
    plainText.map((content) => ({ role: "user", content })),
    fc.record({ role: fc.constant("tool"), content: plainText, tool_call_id: fc.constantFrom("c0", "c1") }),
    fc.record({ role: fc.constantFrom("developer", "system"), content: plainText }),
    assistantMessage.map(({ tool_calls, ...rest }) => ({
      ...rest,
      tool_calls: tool_calls.map((one, i) => ({ ...one, id: `c${i}` })),
    })),
  );
  let right = 0;
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), plainText, (list, last) => {
      const messages = [...list, { role: "user", content: last }];
      const findings = diagnoseRequest(messages).filter(({ rule }) => rule !== "unknown-tool" && rule !== "call-id");
      if (findings.length > 0) return;
      right++;
      chatPrompt({ messages: parseMessages(messages) });
    }),
    { numRuns: 800, seed: 4 },
  );
  expect(right).toBeGreaterThan(50);
});
