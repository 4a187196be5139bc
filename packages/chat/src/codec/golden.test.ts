import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ChatError } from "../errors.js";
import type { ChatMessage, ThinkingMode, ToolDefinition } from "../messages.js";
import { encodeMessages } from "./encode-messages.js";
import { parseMessageFromCompletionText } from "./parse-message.js";
import { createStreamParser } from "./stream-parser.js";

const golden = new URL("../../../../test/golden/encoding/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, golden), "utf8");

interface EncodeVector {
  kind: "encode";
  messages: ChatMessage[];
  context: ChatMessage[];
  thinking_mode: ThinkingMode;
  drop_thinking: boolean;
  add_default_bos_token: boolean;
  expected?: string;
  error?: string;
}
interface ParseVector {
  kind: "parse";
  text: string;
  thinking_mode: ThinkingMode;
  expected?: unknown;
  error?: string;
}

const vectors = read("vectors.jsonl")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as EncodeVector | ParseVector);

test("encodes the authors' fixture byte for byte", () => {
  const { tools, messages } = JSON.parse(read("official_input.json")) as {
    tools: ToolDefinition[];
    messages: ChatMessage[];
  };
  const withTools = messages.map((message, i) => (i === 0 ? { ...message, tools } : message)) as ChatMessage[];
  expect(`${encodeMessages(withTools, { thinkingMode: "thinking" })}\n`).toBe(read("official_output.txt"));
});

describe.each(vectors.map((vector, i) => [i, vector] as const))("vector %i", (_, vector) => {
  if (vector.kind === "encode") {
    const encode = () =>
      encodeMessages(vector.messages, {
        thinkingMode: vector.thinking_mode,
        context: vector.context,
        dropThinking: vector.drop_thinking,
        addDefaultBosToken: vector.add_default_bos_token,
      });
    if (vector.error === undefined) test("encodes exactly", () => expect(encode()).toBe(vector.expected));
    else {
      test(`refuses: ${vector.error}`, () => {
        const error = caught(encode);
        expect(error.code).toBe("invalid_message");
        expect(error.param).toMatch(/^(messages|context)\[\d+\]/);
      });
    }
  } else {
    const parse = () => parseMessageFromCompletionText(vector.text, { thinkingMode: vector.thinking_mode });
    const stream = () => {
      const parser = createStreamParser({ thinkingMode: vector.thinking_mode });
      for (const unit of vector.text.split("")) parser.push(unit);
      return parser.end().message;
    };
    test.each([
      ["at once", parse],
      ["unit by unit", stream],
    ])(`${vector.error ?? "parses"}, %s`, (_, run) => {
      if (vector.error === undefined) expect(run()).toStrictEqual(vector.expected);
      else expect(caught(run).message).toContain(vector.error);
    });
  }
});

function caught(run: () => unknown): ChatError {
  try {
    run();
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
