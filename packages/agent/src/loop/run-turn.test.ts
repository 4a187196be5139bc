import { type ChatMessage, createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import { calculatorTool } from "../tools/calculator.js";
import { runTurn, type TurnEvent } from "./run-turn.js";

async function run(events: AsyncIterable<TurnEvent>): Promise<TurnEvent[]> {
  const all: TurnEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test("runs the calls of a message in order and keeps every message with its reasoning", async () => {
  const model = createScriptedModel({
    turns: [
      {
        reasoning: "Two sums.",
        toolCalls: [
          { name: "calculator", arguments: { expression: "2 + 3" } },
          { name: "calculator", arguments: { expression: "10 / 4" } },
        ],
      },
      { reasoning: "Done.", content: "5 and 2.5" },
    ],
  });
  const messages: ChatMessage[] = [{ role: "user", content: "2 + 3 and 10 / 4?" }];
  const events = await run(runTurn(model, messages, [calculatorTool]));
  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.content] : []))).toEqual(["5", "2.5"]);
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool", "assistant"]);
  expect(messages[1]).toMatchObject({ reasoning_content: "Two sums." });
  expect(messages[4]).toMatchObject({ content: "5 and 2.5", reasoning_content: "Done." });
  expect(model.requests[1]!.messages).toHaveLength(4);
});

test("an unknown tool and a failing one become results the model can read", async () => {
  const failing = {
    definition: { type: "function" as const, function: { name: "fails" } },
    execute: () => {
      throw new Error("no such luck");
    },
  };
  const model = createScriptedModel({
    turns: [
      {
        toolCalls: [
          { name: "nothing", arguments: {} },
          { name: "fails", arguments: {} },
        ],
      },
      { content: "Sorry." },
    ],
  });
  const messages: ChatMessage[] = [{ role: "user", content: "Go" }];
  await run(runTurn(model, messages, [failing]));
  expect(messages[2]!.content).toMatch(/^Error: there is no tool nothing; there are fails/);
  expect(messages[3]!.content).toBe("Error: no such luck");
});

test("stops after maxSteps model calls", async () => {
  const model = createScriptedModel({
    turns: () => ({ toolCalls: [{ name: "calculator", arguments: { expression: "1" } }] }),
  });
  const messages: ChatMessage[] = [{ role: "user", content: "Forever" }];
  await run(runTurn(model, messages, [calculatorTool], { maxSteps: 3 }));
  expect(model.requests).toHaveLength(3);
});
