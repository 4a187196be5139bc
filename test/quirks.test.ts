/**
 * What hosts of V3.2 do to its contract, and that no client of ours sees it. The host is a process of its own that
 * replays transcripts (test/fixtures/wire); the gateways are processes too, and their client drops all reasoning.
 */
import {
  type ChatMessage,
  collectMessage,
  createRemoteModel,
  type EndpointProfileName,
  type ToolDefinition,
} from "@cachalot/chat";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Served, serve } from "./support/cachalot.js";
import { type QuirkServer, startQuirkServer } from "./support/quirk-server.js";

interface Answer {
  content: string;
  reasoning: string;
  calls: string[];
  finish: string;
  usage: { prompt: number; completion: number; cached: number; reasoning: number };
  /** Kinds of repairs, where the client is told. */
  repairs: string | undefined;
  message: ChatMessage;
}

type Wanted = Partial<Omit<Answer, "message" | "repairs">>;

interface Quirk {
  name: string;
  profile: EndpointProfileName;
  /** Where the profile's host has no raw completions. */
  rawProfile?: EndpointProfileName;
  /** One for each request; between them the calls are answered. */
  wanted: Wanted[];
  /** What the messages clients report for the last answer. */
  repairs?: string;
}

const hello: Wanted = { content: "Hello, whale 🐋!", reasoning: "I should say hello.", calls: [], finish: "stop" };
const rome = 'get_weather({"city": "Rome", "days": 2})';
const both: Wanted = {
  content: "",
  reasoning: "Both cities.",
  calls: [rome, 'get_weather({"city": "Saint-Étienne", "days": 1})'],
  finish: "tool_calls",
};
const oneCall: Wanted = { content: "", reasoning: "Both cities.", calls: [rome], finish: "tool_calls" };

const quirks: Quirk[] = [
  { name: "reasoning-field", profile: "vllm", wanted: [hello] },
  {
    name: "missing-reasoning",
    profile: "deepseek",
    rawProfile: "generic",
    wanted: [oneCall, { content: "It is sunny.", reasoning: "Sunny then.", calls: [] }],
  },
  { name: "dsml-split", profile: "sglang", wanted: [{ ...both, content: "Let me look." }], repairs: "leaked-calls=2" },
  { name: "dsml-in-reasoning", profile: "sglang", wanted: [both], repairs: "leaked-calls=2" },
  { name: "two-chunk-calls", profile: "vllm", wanted: [both] },
  {
    name: "calls-without-ids",
    profile: "generic",
    wanted: [{ ...both, reasoning: "Both cities.\n" }],
    repairs: "tool-call-id=2",
  },
  { name: "keep-alive", profile: "deepseek", rawProfile: "generic", wanted: [hello] },
  { name: "disconnect", profile: "vllm", wanted: [hello], repairs: "retried=1" },
  { name: "too-many-requests", profile: "generic", wanted: [hello], repairs: "retried=2" },
  {
    name: "all-reasoning",
    profile: "sglang",
    wanted: [oneCall, { content: "It is sunny.", reasoning: "", calls: [], finish: "stop" }],
    repairs: "relabelled-reasoning=1",
  },
  {
    name: "usage-last",
    profile: "generic",
    wanted: [{ ...hello, usage: { prompt: 9, completion: 8, cached: 4, reasoning: 5 } }],
  },
  { name: "strict-fields", profile: "deepseek", rawProfile: "generic", wanted: [hello] },
  { name: "error-in-stream", profile: "vllm", wanted: [hello], repairs: "retried=1" },
  { name: "bos-added", profile: "sglang", wanted: [hello] },
  { name: "not-streamed", profile: "generic", wanted: [both] },
  { name: "end-token-text", profile: "generic", wanted: [hello] },
];

const tools: ToolDefinition[] = [
  { type: "function", function: { name: "get_weather", parameters: { type: "object", properties: {} } } },
];

type Ask = (messages: ChatMessage[]) => Promise<Answer>;

/** Our own model over the endpoint. */
function direct(baseUrl: string, mode: "raw" | "messages", profile: EndpointProfileName): Ask {
  const timeouts = { firstByteMs: 300, idleMs: 300 };
  const model = createRemoteModel({ baseUrl, model: "deepseek-v3.2", mode, profile, timeouts, retry: { baseMs: 1 } });
  return async (messages) => {
    const kinds = new Map<string, number>();
    const events = async function* () {
      for await (const event of model.generate({ messages, tools })) {
        if (event.type === "repair") kinds.set(event.kind ?? "format", (kinds.get(event.kind ?? "format") ?? 0) + 1);
        yield event;
      }
    };
    const { message, finishReason, usage } = await collectMessage(events());
    return {
      content: message.content ?? "",
      reasoning: message.reasoning_content ?? "",
      calls: (message.tool_calls ?? []).map((call) => `${call.function.name}(${call.function.arguments})`),
      finish: finishReason,
      usage: {
        prompt: usage.promptTokens,
        completion: usage.completionTokens,
        cached: usage.cachedTokens,
        reasoning: usage.reasoningTokens,
      },
      repairs: [...kinds].map(([kind, count]) => `${kind}=${count}`).join(", "),
      message,
    };
  };
}

type WireMessage = OpenAI.ChatCompletionMessage & { reasoning_content?: string };

/** The stock client through a gateway; it drops the reasoning of every message. */
function throughGateway(gateway: Served): Ask {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "none", maxRetries: 0 });
  return async (messages) => {
    const body = { model: "deepseek-v3.2", messages, tools } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const { data, response } = await client.chat.completions.create(body).withResponse();
    const { message: wire, finish_reason: finish } = data.choices[0]!;
    const { reasoning_content: reasoning, ...message } = wire as WireMessage;
    return {
      content: wire.content ?? "",
      reasoning: reasoning ?? "",
      calls: (wire.tool_calls ?? []).map((call) =>
        call.type === "function" ? `${call.function.name}(${call.function.arguments})` : "",
      ),
      finish,
      usage: {
        prompt: data.usage?.prompt_tokens ?? 0,
        completion: data.usage?.completion_tokens ?? 0,
        cached: data.usage?.prompt_tokens_details?.cached_tokens ?? 0,
        reasoning: data.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
      },
      repairs: response.headers.get("x-cachalot-repairs") ?? "",
      message: message as ChatMessage,
    };
  };
}

async function converse(ask: Ask, quirk: Quirk, client: string): Promise<Answer[]> {
  const messages: ChatMessage[] = [{ role: "user", content: `[quirk ${quirk.name}/${client}] Hello?` }];
  const answers: Answer[] = [];
  for (const _ of quirk.wanted) {
    const answer = await ask(messages);
    answers.push(answer);
    messages.push(answer.message);
    if (answer.message.role !== "assistant") throw new Error("not an answer");
    for (const call of answer.message.tool_calls ?? []) {
      messages.push({ role: "tool", content: "sunny", tool_call_id: call.id ?? "" });
    }
  }
  return answers;
}

let host: QuirkServer;
const gateways = new Map<string, Served>();
const rawOf = ({ profile, rawProfile = profile }: Quirk): EndpointProfileName => rawProfile;

beforeAll(async () => {
  host = await startQuirkServer();
  const wanted = new Set(quirks.flatMap((quirk) => [`messages ${quirk.profile}`, `raw ${rawOf(quirk)}`]));
  await Promise.all(
    [...wanted].map(async (name) => {
      const [mode = "", profile = ""] = name.split(" ");
      gateways.set(name, await serve(["--upstream", host.baseUrl, "--mode", mode, "--profile", profile]));
    }),
  );
}, 60_000);

afterAll(async () => {
  await Promise.all([...gateways.values()].map((gateway) => gateway.stop()));
  await host.stop();
});

const columns: [string, (quirk: Quirk) => Ask][] = [
  ["raw", (quirk) => direct(host.baseUrl, "raw", rawOf(quirk))],
  ["messages", (quirk) => direct(host.baseUrl, "messages", quirk.profile)],
  ["raw-gateway", (quirk) => throughGateway(gateways.get(`raw ${rawOf(quirk)}`)!)],
  ["messages-gateway", (quirk) => throughGateway(gateways.get(`messages ${quirk.profile}`)!)],
];

describe.each(quirks)("$name", (quirk) => {
  test.concurrent.each(columns)("%s", async (client, askOf) => {
    const answers = await converse(askOf(quirk), quirk, client);
    expect(answers).toMatchObject(quirk.wanted);
    for (const { message } of answers) {
      const ids = (message.role === "assistant" ? (message.tool_calls ?? []) : []).map(({ id }) => id);
      expect(ids.every((id) => id !== undefined && id !== "")).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
    }
    if (quirk.repairs !== undefined && client.startsWith("messages")) {
      expect(answers.at(-1)?.repairs).toContain(quirk.repairs);
    }
    const log = await host.log(`${quirk.name}/${client}`);
    expect(log.length).toBeGreaterThanOrEqual(quirk.wanted.length);
    expect(log.filter(({ refused }) => refused)).toEqual([]);
    if (client.endsWith("gateway") && quirk.wanted.length > 1) {
      expect(answers.at(-1)?.repairs).toContain("restored-reasoning=1");
    }
  });
});
