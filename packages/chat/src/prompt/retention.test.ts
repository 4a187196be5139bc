import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeMessages } from "../codec/encode-messages.js";
import type { AssistantMessage, ChatMessage, ThinkingMode } from "../messages.js";
import { assistantMessage, runs } from "../testing/arbitraries.js";
import { applyRetention, keepsReasoning, RETENTION_POLICIES } from "./retention.js";

const call = { id: "c", type: "function" as const, function: { name: "f", arguments: "{}" } };
const user = (content: string): ChatMessage => ({ role: "user", content });
const says = (reasoning: string | undefined, calls: boolean): AssistantMessage => ({
  role: "assistant",
  content: "x",
  ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
  ...(calls ? { tool_calls: [call] } : {}),
});
const result: ChatMessage = { role: "tool", content: "ok", tool_call_id: "c" };

const conversation: ChatMessage[] = [
  user("no tools"),
  says("a", false),
  user("tools"),
  says("b", true),
  result,
  says("c", false),
  user("now"),
  says("d", true),
  result,
  says(undefined, true),
  result,
];

test.each([
  ["v3.2-paper", [undefined, undefined, undefined, "d", undefined]],
  ["v3.2-api", [undefined, undefined, undefined, "d", ""]],
  ["v4-api", [undefined, "b", "c", "d", ""]],
] as const)("%s keeps what its contract says", (policy, expected) => {
  const kept = applyRetention(conversation, policy).filter(({ role }) => role === "assistant") as AssistantMessage[];
  expect(kept.map(({ reasoning_content }) => reasoning_content)).toEqual(expected);
});

const message = fc.oneof(
  fc.constant(user("u")),
  fc.constant<ChatMessage>({ role: "developer", content: "d" }),
  fc.constant(result),
  assistantMessage,
);
const messages = fc.array(message, { maxLength: 12 });

describe("every policy", () => {
  test("changes reasoning only, never what it keeps, and twice is once", () => {
    fc.assert(
      fc.property(messages, fc.constantFrom(...RETENTION_POLICIES), (list, policy) => {
        const once = applyRetention(list, policy);
        expect(applyRetention(once, policy)).toEqual(once);
        const keeps = keepsReasoning(list, policy);
        for (const [i, before] of list.entries()) {
          const { reasoning_content: after, ...rest } = once[i] as AssistantMessage;
          const { reasoning_content: original, ...same } = before as AssistantMessage;
          expect(rest).toEqual(same);
          expect(after).toBe(keeps[i] ? original : undefined);
        }
      }),
      runs,
    );
  });

  test("keeps at least what the paper keeps", () => {
    fc.assert(
      fc.property(messages, fc.constantFrom(...RETENTION_POLICIES), (list, policy) => {
        const paper = keepsReasoning(list, "v3.2-paper");
        const other = keepsReasoning(list, policy);
        expect(paper.every((kept, i) => !kept || other[i])).toBe(true);
      }),
      runs,
    );
  });
});

interface Vector {
  kind: string;
  messages: ChatMessage[];
  context: ChatMessage[];
  thinking_mode: ThinkingMode;
  drop_thinking: boolean;
  add_default_bos_token: boolean;
  expected?: string;
}

test("the paper's policy changes no golden prompt", () => {
  const file = new URL("../../../../test/golden/encoding/vectors.jsonl", import.meta.url);
  const vectors = readFileSync(file, "utf8").trim().split("\n");
  let compared = 0;
  for (const line of vectors) {
    const vector = JSON.parse(line) as Vector;
    if (vector.kind !== "encode" || vector.expected === undefined) continue;
    const all = applyRetention([...vector.context, ...vector.messages], "v3.2-paper");
    const prompt = encodeMessages(all.slice(vector.context.length), {
      context: all.slice(0, vector.context.length),
      thinkingMode: vector.thinking_mode,
      dropThinking: vector.drop_thinking,
      addDefaultBosToken: vector.add_default_bos_token,
    });
    expect(prompt).toBe(vector.expected);
    compared++;
  }
  expect(compared).toBe(99);
});
