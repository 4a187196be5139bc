import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatError } from "../errors.js";
import { parseLosslessJson } from "../json/lossless-json.js";
import { formatPythonJson } from "../json/python-json.js";
import type { AssistantMessage, ChatMessage, ThinkingMode } from "../messages.js";
import { assistantMessage, completionText, plainText, runs, thinkingMode } from "../testing/arbitraries.js";
import { encodeMessages } from "./encode-messages.js";
import { parseMessageFromCompletionText } from "./parse-message.js";
import { repairMessage } from "./stream-parser.js";

const user: ChatMessage = { role: "user", content: "Hi" };
const call = (args: string) => ({ function: { name: "f", arguments: args } });

test("what is encoded parses back, arguments in Python's form", () => {
  fc.assert(
    fc.property(assistantMessage, thinkingMode, (message, mode) => {
      const text = completionText(message, mode);
      const expected = {
        role: "assistant",
        content: message.content,
        reasoning_content: mode === "thinking" ? message.reasoning_content || "hm" : "",
        tool_calls: message.tool_calls.map(({ function: { name, arguments: args } }) => ({
          type: "function",
          function: { name, arguments: formatPythonJson(parseLosslessJson(args)) },
        })),
      };
      expect(parseMessageFromCompletionText(text, { thinkingMode: mode })).toEqual(expected);
      expect(repairMessage(text, { thinkingMode: mode })).toEqual({ message: expected, repairs: [] });
    }),
    runs,
  );
});

test("in chat mode a prompt grows by appending", () => {
  const turn = fc.tuple(plainText, assistantMessage).map(([text, assistant]): ChatMessage[] => {
    const results = assistant.tool_calls.map((): ChatMessage => ({ role: "tool", content: text }));
    return [{ role: "user", content: text }, assistant, ...results];
  });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), fc.nat(), (turns, n) => {
      const messages = turns.flat();
      const at = n % messages.length;
      const [context, rest] = [messages.slice(0, at), messages.slice(at)];
      const whole = encodeMessages(messages, { thinkingMode: "chat" });
      const head = encodeMessages(context, { thinkingMode: "chat" });
      expect(head + encodeMessages(rest, { thinkingMode: "chat", context, addDefaultBosToken: false })).toBe(whole);
    }),
    runs,
  );
});

test("reasoning goes when a new user message comes, and stays for tool results", () => {
  const turn: ChatMessage[] = [
    user,
    { role: "assistant", reasoning_content: "secret", tool_calls: [call("{}")] },
    { role: "tool", content: "done" },
  ];
  const during = encodeMessages(turn, { thinkingMode: "thinking" });
  expect(during).toContain("<think>secret</think>");
  expect(during.endsWith("</function_results>\n\n<think>")).toBe(true);
  const after = encodeMessages([...turn, { role: "assistant", content: "ok", reasoning_content: "more" }, user], {
    thinkingMode: "thinking",
  });
  expect(after).not.toContain("secret");
  expect(after).toContain("<result>done</result>");
});

describe("refuses, naming the field", () => {
  const assistant = (fields: Partial<AssistantMessage>): ChatMessage => ({ role: "assistant", ...fields });
  const deep = `{"a": ${"[".repeat(5000)}${"]".repeat(5000)}}`;
  const cases: [string, ChatMessage[], string, ThinkingMode?][] = [
    ["an unknown role", [user, { role: "critic" } as unknown as ChatMessage], "messages[1].role"],
    ["a hole", [null as unknown as ChatMessage], "messages[0].role"],
    ["a user message without content", [{ role: "user" }], "messages[0].content"],
    ["content that is not text", [{ role: "user", content: [] as unknown as string }], "messages[0].content"],
    ["a developer message without content", [{ role: "developer", content: "" }], "messages[0].content"],
    ["a tool result without a call", [user, { role: "tool", content: "x" }], "messages[1]"],
    [
      "a tool result at the start",
      [{ role: "tool", content: "x" }, assistant({ tool_calls: [call("{}")] })],
      "messages[0]",
    ],
    [
      "one tool result too many",
      [user, assistant({ tool_calls: [call("{}")] }), { role: "tool", content: "x" }, { role: "tool", content: "y" }],
      "messages[3]",
    ],
    [
      "arguments that are not JSON",
      [user, assistant({ tool_calls: [call("{}"), call("{a}")] })],
      "messages[1].tool_calls[1].function.arguments",
    ],
    [
      "arguments that are no object",
      [user, assistant({ tool_calls: [call("[1]")] })],
      "messages[1].tool_calls[0].function.arguments",
    ],
    [
      "arguments nested too deep",
      [user, assistant({ tool_calls: [call(deep)] })],
      "messages[1].tool_calls[0].function.arguments",
    ],
    [
      "arguments that are no text",
      [user, assistant({ tool_calls: [{ function: { name: "f", arguments: {} as unknown as string } }] })],
      "messages[1].tool_calls[0].function.arguments",
    ],
    ["an answer without reasoning", [user, assistant({ content: "x" })], "messages[1].reasoning_content", "thinking"],
    ["an old developer message", [{ role: "developer", content: "x" }, user], "messages[0]", "thinking"],
  ];
  test.each(cases)("%s", (_, messages, param, mode = "chat") => {
    try {
      encodeMessages(messages, { thinkingMode: mode });
    } catch (error) {
      expect(error).toBeInstanceOf(ChatError);
      expect((error as ChatError).param).toBe(param);
      expect((error as ChatError).message.startsWith(param)).toBe(true);
      return;
    }
    expect.unreachable("nothing was thrown");
  });

  test("names context messages as such, and counts messages after it from 0", () => {
    const context: ChatMessage[] = [{ role: "developer", content: "x" }];
    expect(() => encodeMessages([user], { thinkingMode: "thinking", context })).toThrow(
      "context[0]: a developer message",
    );
    const tool: ChatMessage = { role: "tool", content: "x" };
    expect(() => encodeMessages([tool], { thinkingMode: "chat", context: [user] })).toThrow(
      "messages[0]: a tool message",
    );
  });
});

test("a long conversation encodes in a moment", () => {
  const messages = Array.from({ length: 20_000 }, (): ChatMessage[] => [
    user,
    { role: "assistant", content: "x", reasoning_content: "r", tool_calls: [call('{"a": 1}')] },
    { role: "tool", content: "y" },
  ]).flat();
  const start = performance.now();
  encodeMessages(messages, { thinkingMode: "thinking" });
  expect(performance.now() - start).toBeLessThan(5000);
});
