import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../chat-model.js";
import { ChatError } from "../errors.js";
import { parseLosslessJson } from "../json/lossless-json.js";
import type { ThinkingMode, ToolCall } from "../messages.js";
import { brokenCompletion, completion, cuts, runs, split } from "../testing/arbitraries.js";
import { type ParsedMessage, parseMessageFromCompletionText } from "./parse-message.js";
import { EOS, FORBIDDEN_IN_TEXT } from "./special-tokens.js";
import { createStreamParser, repairMessage } from "./stream-parser.js";

type Outcome = { message: ParsedMessage } | { error: string };

function outcome(run: () => ParsedMessage): Outcome {
  try {
    return { message: run() };
  } catch (error) {
    if (error instanceof ChatError) return { error: `${error.code} ${error.message}` };
    throw error;
  }
}

/** Adds up deltas as an API client would. */
function assemble(events: readonly ChatEvent[]): ParsedMessage {
  let [content, reasoning] = ["", ""];
  const calls: ToolCall[] = [];
  for (const event of events) {
    if (event.type === "content") content += event.delta;
    if (event.type === "reasoning") reasoning += event.delta;
    if (event.type === "tool-call") {
      expect(event.index).toBe(calls.length);
      calls.push({ type: "function", function: { name: event.name, arguments: "" } });
    }
    if (event.type === "tool-call-arguments") {
      const call = calls[event.index];
      expect(event.index).toBe(calls.length - 1);
      if (call) call.function.arguments += event.delta;
    }
  }
  return { role: "assistant", content, reasoning_content: reasoning, tool_calls: calls };
}

function stream(pieces: readonly string[], mode: ThinkingMode, lenient = false) {
  const parser = createStreamParser({ thinkingMode: mode, lenient, createId: (i) => `call_${i}` });
  const events = pieces.flatMap((piece) => parser.push(piece));
  return { events, parser };
}

function strictOutcome(pieces: readonly string[], mode: ThinkingMode): Outcome {
  const { events, parser } = stream(pieces, mode);
  return outcome(() => {
    const end = parser.end();
    expect(assemble([...events, ...end.events])).toStrictEqual(end.message);
    return end.message;
  });
}

describe("strict", () => {
  test("equals the strict parser for every chunking", () => {
    fc.assert(
      fc.property(fc.oneof(completion, brokenCompletion), cuts, ({ text, mode }, places) => {
        const expected = outcome(() => parseMessageFromCompletionText(text, { thinkingMode: mode }));
        expect(strictOutcome([text], mode)).toStrictEqual(expected);
        expect(strictOutcome(split(text, places), mode)).toStrictEqual(expected);
        expect(strictOutcome(text.split(""), mode)).toStrictEqual(expected);
      }),
      runs,
    );
  });

  test("never emits half a surrogate pair", () => {
    const { events, parser } = stream("a😀b</think>😀\n\n".split(""), "thinking");
    parser.push(EOS);
    for (const event of [...events, ...parser.end().events]) {
      if ("delta" in event) expect(() => encodeURIComponent(event.delta)).not.toThrow();
    }
  });

  test("emits text and arguments as soon as it is certain", () => {
    const parser = createStreamParser({ thinkingMode: "thinking", createId: () => "call_0" });
    expect(parser.push("Let me")).toEqual([{ type: "reasoning", delta: "Let me" }]);
    expect(parser.push(" see</thi")).toEqual([{ type: "reasoning", delta: " see" }]);
    expect(parser.push("nk>Ok\n")).toEqual([{ type: "content", delta: "Ok" }]);
    expect(parser.push('\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n')).toEqual([]);
    expect(parser.push('<｜DSML｜parameter name="city" string="true">San ')).toEqual([
      { type: "tool-call", index: 0, id: "call_0", name: "f" },
      { type: "tool-call-arguments", index: 0, delta: '{"city": "San ' },
    ]);
    expect(parser.push("Fran\n<")).toEqual([{ type: "tool-call-arguments", index: 0, delta: "Fran\\n" }]);
    expect(parser.push("/｜DSML｜parameter>\n</｜DSML｜invoke>")).toEqual([
      { type: "tool-call-arguments", index: 0, delta: '"}' },
    ]);
    expect(parser.push(`\n</｜DSML｜function_calls>${EOS}`)).toEqual([]);
    expect(parser.end().message.tool_calls).toEqual([
      { type: "function", function: { name: "f", arguments: '{"city": "San Fran\\n"}' } },
    ]);
  });

  test("takes a long value one character at a time in linear time", () => {
    const value = "<".repeat(200_000);
    const text = `\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n<｜DSML｜parameter name="a" string="true">${value}`;
    const parser = createStreamParser({ thinkingMode: "chat", lenient: true });
    for (const c of text) parser.push(c);
    expect(parser.end().message.tool_calls[0]?.function.arguments).toBe(`{"a": "${value}"}`);
  });
});

describe("lenient", () => {
  test("never throws, does not depend on the chunking, and gives valid JSON arguments", () => {
    fc.assert(
      fc.property(fc.oneof(completion, brokenCompletion), cuts, ({ text, mode }, places) => {
        const whole = repairMessage(text, { thinkingMode: mode });
        for (const pieces of [split(text, places), text.split("")]) {
          const { events, parser } = stream(pieces, mode, true);
          const end = parser.end();
          expect({ message: end.message, repairs: end.repairs }).toStrictEqual(whole);
          expect(assemble([...events, ...end.events])).toStrictEqual(end.message);
        }
        for (const call of whole.message.tool_calls) {
          expect(parseLosslessJson(call.function.arguments)).toBeInstanceOf(Map);
        }
        for (const token of FORBIDDEN_IN_TEXT) {
          const kept = whole.message.content.includes(token) || whole.message.reasoning_content.includes(token);
          expect(whole.repairs.includes(`kept ${token} in the text`)).toBe(kept);
        }
      }),
      runs,
    );
  });

  test("equals the strict parser where that accepts the text, and reports every departure", () => {
    fc.assert(
      fc.property(fc.oneof(completion, brokenCompletion), ({ text, mode }) => {
        const strict = outcome(() => parseMessageFromCompletionText(text, { thinkingMode: mode }));
        const { message, repairs } = repairMessage(text, { thinkingMode: mode });
        if ("error" in strict) expect(repairs).not.toEqual([]);
        else if (repairs.every((repair) => !repair.includes("was not JSON"))) {
          expect(message).toStrictEqual(strict.message);
          if (text.endsWith(EOS)) expect(repairs).toEqual([]);
        }
      }),
      runs,
    );
  });

  test("drops no word silently", () => {
    fc.assert(
      fc.property(brokenCompletion, ({ text, mode }) => {
        let count = 0;
        const marked = text.replace(/word/g, () => `word${count++};`);
        const { message, repairs } = repairMessage(marked, { thinkingMode: mode });
        const kept = JSON.stringify([message, repairs]);
        for (let i = 0; i < count; i++) expect(kept).toContain(`word${i};`);
      }),
      runs,
    );
  });
});
