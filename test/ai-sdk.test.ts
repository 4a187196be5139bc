/** The AI SDK in five-step conversations with tools: its stock provider through the gateway, and ours. */

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { type Tool as AgentTool, agentResult, runAgent } from "@cachalot/agent";
import { createCachalot } from "@cachalot/ai-sdk";
import {
  attachTools,
  type ChatMessage,
  type ChatModel,
  createRemoteModel,
  encodeMessages,
  type ToolDefinition,
} from "@cachalot/chat";
import {
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  pruneMessages,
  type StepResult,
  stepCountIs,
  streamText,
  type ToolSet,
  tool,
} from "ai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Served, serve } from "./support/cachalot.js";
import { type QuirkServer, startQuirkServer } from "./support/quirk-server.js";

let host: QuirkServer;
const running: Served[] = [];
beforeAll(async () => {
  host = await startQuirkServer();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((served) => served.stop()));
});
afterAll(() => host.stop());

async function gateway(...args: string[]): Promise<Served> {
  const served = await serve(["--upstream", host.baseUrl, ...args]);
  running.push(served);
  return served;
}

const definitions: ToolDefinition[] = ["list_ports", "tide", "wind", "depth"].map((name) => ({
  type: "function",
  function: {
    name,
    description: `Asks for ${name}`,
    parameters: { type: "object", properties: { port: { type: "string" } } },
  },
}));
const tools: ToolSet = Object.fromEntries(
  definitions.map(({ function: { name, description, parameters } }) => [
    name,
    tool({ description: description!, inputSchema: jsonSchema(parameters!), execute: () => ({ ok: name }) }),
  ]),
);
const system = "You are a pilot.";
const ask = (client: string) => `[quirk journey/${client}] Where to, and when?`;

/** Before every step, throws away the reasoning of all steps before it. */
const forget = ({ messages }: { messages: ModelMessage[] }) => ({
  messages: pruneMessages({ messages, reasoning: "all" }),
});

type Steps = readonly StepResult<ToolSet>[];
type Loop = (model: LanguageModel, prompt: string, prepareStep?: typeof forget) => Promise<Steps>;

const options = { system, tools, stopWhen: stepCountIs(8), maxRetries: 0 };
const generated: Loop = async (model, prompt, prepareStep) =>
  (await generateText({ ...options, model, prompt, ...(prepareStep && { prepareStep }) })).steps;
const streamed: Loop = async (model, prompt, prepareStep) =>
  await streamText({ ...options, model, prompt, ...(prepareStep && { prepareStep }) }).steps;

/** The conversation before each step, with all reasoning, as the steps tell it. */
function histories(prompt: string, steps: Steps): ChatMessage[][] {
  const messages: ChatMessage[] = [
    { role: "system", content: system },
    { role: "user", content: prompt },
  ];
  return steps.map(({ reasoningText, text, toolCalls, toolResults }) => {
    const before = [...messages];
    const tool_calls = toolCalls.map(({ toolCallId, toolName, input }) => ({
      id: toolCallId,
      function: { name: toolName, arguments: JSON.stringify(input) },
    }));
    messages.push({ role: "assistant", reasoning_content: reasoningText ?? "", content: text, tool_calls });
    for (const { output } of toolResults) messages.push({ role: "tool", content: JSON.stringify(output) });
    return before;
  });
}

const promptsOf = (prompt: string, steps: Steps): string[] =>
  histories(prompt, steps).map((messages) =>
    encodeMessages(attachTools(messages, { tools: definitions }), { thinkingMode: "thinking" }),
  );
const promptsAt = async (client: string) => (await host.log(`journey/${client}`)).map(({ body }) => body.prompt);

describe("the SDK's own provider through the gateway, dropping all reasoning", () => {
  /** The stock provider, and what it sent. */
  function stock({ url }: Served): { model: LanguageModel; sent: string[] } {
    const sent: string[] = [];
    const provider = createOpenAICompatible({
      name: "gateway",
      baseURL: `${url}/v1`,
      fetch: (input, init) => {
        sent.push(String(init?.body));
        return fetch(input, init);
      },
    });
    return { model: provider("deepseek-v3.2"), sent };
  }

  test.each([
    ["generateText", generated],
    ["streamText", streamed],
  ])("%s, raw: every prompt is byte for byte the one with the reasoning", async (name, loop) => {
    const { model, sent } = stock(await gateway("--mode", "raw", "--profile", "vllm"));
    const steps = await loop(model, ask(name), forget);
    expect(steps.at(-1)?.text).toBe("Sail to Brest at six.");
    expect(sent).toHaveLength(6);
    expect(sent.join()).not.toContain("reasoning");
    const prompts = await promptsAt(name);
    expect(prompts).toEqual(promptsOf(ask(name), steps));
    expect(prompts.at(-1)).toContain("One last check of the depth: 12.50 m or more.</think>");
    expect(prompts.at(-1)).toContain('<｜DSML｜parameter name="least" string="false">12.5</｜DSML｜parameter>');
    const repairs = steps.map(({ response }) => response.headers?.["x-cachalot-repairs"]);
    expect(repairs).toEqual([undefined, ...[1, 2, 3, 4, 5].map((count) => `restored-reasoning=${count}`)]);
  });

  test("messages: a host that refuses histories without reasoning gets it", async () => {
    const { model, sent } = stock(await gateway("--profile", "deepseek"));
    const steps = await generated(model, ask("sdk-messages"), forget);
    expect(steps.at(-1)?.text).toBe("Sail to Brest at six.");
    expect(sent.join()).not.toContain("reasoning");
    const log = await host.log("journey/sdk-messages");
    expect(log.map(({ refused }) => refused)).toEqual(Array(6).fill(undefined));
    const assistants = (log.at(-1)?.body.messages ?? []).filter(({ role }) => role === "assistant");
    expect(assistants.map(({ reasoning_content }) => reasoning_content)).toEqual(
      steps.slice(0, 5).map(({ reasoningText }) => reasoningText),
    );
  });
});

describe("our provider", () => {
  const raw = (): ChatModel =>
    createRemoteModel({ baseUrl: host.baseUrl, model: "deepseek-v3.2", profile: "vllm", mode: "raw" });

  test("raw: every prompt is the one that our own agent loop sends", async () => {
    const steps = await generated(createCachalot(raw()), ask("provider"));
    const streamedSteps = await streamed(createCachalot(raw()), ask("provider-streamed"));
    const agentTools = definitions.map((definition): AgentTool => {
      return { definition, execute: () => JSON.stringify({ ok: definition.function.name }) };
    });
    const messages: ChatMessage[] = [
      { role: "system", content: system },
      { role: "user", content: ask("agent") },
    ];
    await agentResult(runAgent(raw(), { messages, tools: agentTools }));
    const prompts = await promptsAt("agent");
    expect(prompts).toHaveLength(6);
    const asAgent = (own: (string | undefined)[]) =>
      own.map((prompt) => prompt?.replace(/journey\/[\w-]+/, "journey/agent"));
    expect(asAgent(await promptsAt("provider"))).toEqual(prompts);
    expect(asAgent(await promptsAt("provider-streamed"))).toEqual(prompts);
    expect(await promptsAt("provider")).toEqual(promptsOf(ask("provider"), steps));
    expect(streamedSteps.at(-1)?.text).toBe("Sail to Brest at six.");
    expect(steps.at(-1)?.usage.inputTokenDetails.cacheReadTokens).toBe(64);
  });

  test("in front of the gateway, which has nothing to put right", async () => {
    const { url } = await gateway("--mode", "raw", "--profile", "vllm");
    const model = createRemoteModel({ baseUrl: `${url}/v1`, model: "deepseek-v3.2" });
    const steps = await streamed(createCachalot(model), ask("provider-gateway"));
    expect(await promptsAt("provider-gateway")).toEqual(promptsOf(ask("provider-gateway"), steps));
    expect(await (await fetch(`${url}/metrics`)).text()).not.toContain("restored-reasoning");
  });
});
