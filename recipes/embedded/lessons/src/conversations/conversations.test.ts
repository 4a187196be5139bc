import { encodeMessages } from "@cachalot/chat";
import { expect, test } from "vitest";
import { calculatorProblems } from "./calculator-problems.js";
import { isHeldOut } from "./expression.js";
import { conversations } from "./index.js";
import { testMaterial as material } from "./test-material.js";

const many = (name: string, heldOut = false, n = 300) => {
  const kind = conversations.find((candidate) => candidate.name === name)!;
  return Array.from({ length: n }, (_, seed) => kind.make({ seed, heldOut, material }));
};

test.each(conversations.map(({ name }) => name))(
  "%s: the same seed gives the same conversation, and the codec takes it",
  (kind) => {
    const made = many(kind);
    expect(many(kind)).toStrictEqual(made);
    expect(new Set(made.map((c) => JSON.stringify(c.messages))).size).toBeGreaterThan(100);
    for (const { messages, thinkingMode } of made) {
      expect(encodeMessages(messages, { thinkingMode })).toMatch(/<｜end▁of▁sentence｜>$/);
    }
  },
);

const expressions = (heldOut: boolean) =>
  many("calculator", heldOut).flatMap(({ messages }) =>
    messages.flatMap((message, i) =>
      message.role === "assistant" && message.tool_calls
        ? message.tool_calls.map((call) => ({
            expression: (JSON.parse(call.function.arguments) as { expression: string }).expression,
            result: messages[i + 1]?.content ?? "",
            answer: messages[i + 2]?.content ?? "",
          }))
        : [],
    ),
  );

test("calculator calls carry their value, and the answer names the result", () => {
  const calls = expressions(false);
  expect(calls.length).toBeGreaterThan(500);
  for (const { expression, result, answer } of calls) {
    expect(expression).toMatch(/^[-\d.+*/() ]+$/);
    // biome-ignore lint/security/noGlobalEval: the regular expression above admits arithmetic only
    expect(Number(result)).toBeCloseTo(globalThis.eval(expression) as number, 6);
    expect(answer).toContain(result);
    expect(result).not.toMatch(/e|Infinity|NaN/);
  }
});

test("the numbers of an expression come from the conversation", () => {
  for (const { messages } of many("calculator")) {
    let seen = " 2 3 100 ";
    for (const message of messages) {
      const call = message.role === "assistant" ? message.tool_calls?.[0] : undefined;
      if (call) {
        const { expression } = JSON.parse(call.function.arguments) as { expression: string };
        for (const number of expression.match(/\d+(\.\d+)?/g) ?? []) expect(seen).toContain(number);
      }
      if (message.role === "user" || message.role === "tool") seen += ` ${message.content}`;
    }
  }
});

test("training and held-out conversations share no expression", () => {
  expect(expressions(false).some(({ expression }) => isHeldOut(expression))).toBe(false);
  expect(expressions(true).every(({ expression }) => isHeldOut(expression))).toBe(true);
});

test("evaluation problems are held out, seeded and right", () => {
  const problems = calculatorProblems(7, 200);
  expect(calculatorProblems(7, 200)).toStrictEqual(problems);
  expect(calculatorProblems(8, 200)).not.toStrictEqual(problems);
  for (const { expression, value, result } of problems) {
    expect(isHeldOut(expression)).toBe(true);
    expect(Number(result)).toBeCloseTo(value, 6);
  }
});

test("what is copied is in the question, forwards, backwards or letter by letter", () => {
  for (const { messages } of many("copy"))
    messages.forEach((message, i) => {
      if (message.role !== "assistant") return;
      const [asked, copied] = [String(messages[i - 1]!.content), String(message.content)];
      const reversed = [...copied].reverse().join("");
      const found = [copied, reversed, copied.replaceAll(" ", "")].some((text) => asked.endsWith(text));
      expect(found, `${asked} -> ${copied}`).toBe(true);
    });
});
