/** The real SDK's loops over a scripted model: what the model sees at every step, byte for byte. */
import {
  type ChatMessage,
  chatPrompt,
  createScriptedModel,
  type ScriptedTurn,
  type ToolDefinition,
} from "@cachalot/chat";
import { generateText, jsonSchema, type ModelMessage, stepCountIs, streamText, tool } from "ai";
import { describe, expect, test } from "vitest";
import { createCachalot } from "./language-model.js";

const schema = { type: "object", properties: { port: { type: "string" } }, additionalProperties: false } as const;
const definitions: ToolDefinition[] = ["tide", "wind"].map((name) => ({
  type: "function",
  function: { name, description: `Asks for ${name}`, parameters: schema },
}));
const finished: string[] = [];
const asks = (name: string, ms: number) =>
  tool({
    description: `Asks for ${name}`,
    inputSchema: jsonSchema<{ port: string; unit: string }>(
      { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema },
      { validate: (input) => ({ success: true, value: { unit: "m", ...(input as { port: string }) } }) },
    ),
    async execute({ port, unit }) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      finished.push(name);
      if (port === "Atlantis") throw new Error("no such port");
      return name === "tide" ? { port, depth: `12.5 ${unit}` } : `calm at ${port}`;
    },
  });
const tools = { tide: asks("tide", 10), wind: asks("wind", 0) };

const turns: ScriptedTurn[] = [
  {
    reasoning: "Tide and wind, then.",
    content: "I look.",
    toolCalls: [
      { name: "tide", arguments: '{"port":"Brest",  "depth": 1.0, "id": 12345678901234567890}' },
      { name: "wind", arguments: { port: "Brest" } },
    ],
  },
  { reasoning: "And elsewhere?", toolCalls: [{ name: "tide", arguments: { port: "Atlantis" } }] },
  { reasoning: "Never mind.", toolCalls: [{ name: "wind", arguments: "not JSON" }] },
  { reasoning: "Enough.", toolCalls: [{ name: "sonar", arguments: {} }] },
  { reasoning: "I know it all.", content: "Sail at six." },
];

const ask: ChatMessage[] = [
  { role: "system", content: "You are a pilot." },
  { role: "user", content: "When?" },
];
const call = (id: string, name: string, text: string) => ({ id, function: { name, arguments: text } });
const exchanges: ChatMessage[][] = [
  [
    {
      role: "assistant",
      reasoning_content: "Tide and wind, then.",
      content: "I look.",
      tool_calls: [
        call("call_0_0", "tide", '{"port":"Brest",  "depth": 1.0, "id": 12345678901234567890}'),
        call("call_0_1", "wind", '{"port":"Brest"}'),
      ],
    },
    { role: "tool", content: '{"port":"Brest","depth":"12.5 m"}' },
    { role: "tool", content: "calm at Brest" },
  ],
  [
    {
      role: "assistant",
      reasoning_content: "And elsewhere?",
      tool_calls: [call("call_1_0", "tide", '{"port":"Atlantis"}')],
    },
    { role: "tool", content: "Error: no such port" },
  ],
  [
    {
      role: "assistant",
      reasoning_content: "Never mind.",
      tool_calls: [call("call_2_0", "wind", '{"invalid_arguments":"not JSON"}')],
    },
    { role: "tool", content: expect.stringMatching(/^Error: Invalid input for tool wind: /) as unknown as string },
  ],
  [
    { role: "assistant", reasoning_content: "Enough.", tool_calls: [call("call_3_0", "sonar", "{}")] },
    { role: "tool", content: expect.stringMatching(/^Error: .*unavailable tool 'sonar'/) as unknown as string },
  ],
];

describe.each(["generateText", "streamText"])("%s in a loop of five steps", (how) => {
  const options = { system: "You are a pilot.", tools, stopWhen: stepCountIs(8) };
  async function run(model: ReturnType<typeof createScriptedModel>, messages: ModelMessage[]) {
    if (how === "generateText") {
      const { text, steps, response } = await generateText({ ...options, model: createCachalot(model), messages });
      return { text, steps, messages: response.messages };
    }
    const result = streamText({ ...options, model: createCachalot(model), messages });
    await result.consumeStream();
    return { text: await result.text, steps: await result.steps, messages: (await result.response).messages };
  }

  test("every prompt has the reasoning, the exact arguments and the results in the order of the calls", async () => {
    finished.length = 0;
    const model = createScriptedModel({ turns });
    const { text, steps } = await run(model, [{ role: "user", content: "When?" }]);
    expect(text).toBe("Sail at six.");
    expect(finished.slice(0, 2)).toEqual(["wind", "tide"]);
    expect(model.requests).toHaveLength(5);
    const results = model.requests[4]!.messages.filter(({ role }) => role === "tool").map(({ content }) => content!);
    const expected = exchanges.flat().filter(({ role }) => role === "tool");
    expect(results).toEqual(expected.map(({ content }) => content));
    let result = 0;
    const history = exchanges.map((exchange) =>
      exchange.map((message) => (message.role === "tool" ? { ...message, content: results[result++]! } : message)),
    );
    for (const [step, request] of model.requests.entries()) {
      const messages = [...ask, ...history.slice(0, step).flat()];
      expect(chatPrompt(request)).toBe(chatPrompt({ messages, tools: definitions }));
    }
    expect(chatPrompt(model.requests[4]!)).toContain("Never mind.</think>");
    expect(steps.map(({ finishReason }) => finishReason)).toEqual([...Array(4).fill("tool-calls"), "stop"]);
    expect(steps.map(({ reasoningText }) => reasoningText)).toEqual(turns.map(({ reasoning }) => reasoning));
  });

  test("the next turn drops the reasoning of the turn before, also after a trip through JSON", async () => {
    const first = createScriptedModel({ turns });
    const { messages } = await run(first, [{ role: "user", content: "When?" }]);
    const stored = JSON.parse(JSON.stringify(messages)) as ModelMessage[];
    const second = createScriptedModel({ turns: ["At seven."] });
    await run(second, [{ role: "user", content: "When?" }, ...stored, { role: "user", content: "Later?" }]);
    const prompt = chatPrompt(second.requests[0]!);
    expect(prompt).toContain("Sail at six.");
    expect(prompt).toContain('<｜DSML｜parameter name="id" string="false">12345678901234567890</｜DSML｜parameter>');
    expect(prompt).not.toContain("Never mind.");
    const reasoning = second.requests[0]!.messages.flatMap((m) =>
      m.role === "assistant" ? [m.reasoning_content] : [],
    );
    expect(reasoning).toEqual(turns.map((turn) => turn.reasoning));
  });
});

test("thinking: false answers at once, in chat mode", async () => {
  const model = createScriptedModel({ turns: ["At six."] });
  const { text, reasoning } = await generateText({
    model: createCachalot(model),
    prompt: "When?",
    providerOptions: { cachalot: { thinking: false } },
  });
  expect([text, reasoning]).toEqual(["At six.", []]);
  expect(chatPrompt(model.requests[0]!)).toMatch(/When\?<｜Assistant｜><\/think>$/);
});
