/** `doStream` against `doGenerate`, and what happens when a message does not end well. */
import { APICallError, type LanguageModelV3Content, type LanguageModelV3StreamPart } from "@ai-sdk/provider";
import { ChatError, type ChatEvent, type ChatModel, createScriptedModel, type FinishReason } from "@cachalot/chat";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createCachalot } from "./language-model.js";

const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "Go" }] }];
const usage = { promptTokens: 20, completionTokens: 10, reasoningTokens: 4, cachedTokens: 16 };

function emitting(events: readonly ChatEvent[]): ChatModel {
  return {
    id: "m",
    contextLength: 100,
    async *generate() {
      yield* events;
    },
  };
}

async function partsOf(model: ChatModel): Promise<LanguageModelV3StreamPart[]> {
  const { stream } = await createCachalot(model).doStream({ prompt });
  const parts: LanguageModelV3StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

/** The content a stream adds up to; throws where a part is opened, continued or closed out of turn. */
function contentOf(parts: readonly LanguageModelV3StreamPart[]): LanguageModelV3Content[] {
  const text = { reasoning: "", text: "" };
  const inputs = new Map<string, string>();
  const calls: LanguageModelV3Content[] = [];
  let open: string | undefined;
  const expectOpen = (id: string | undefined) => expect(open).toBe(id);
  for (const part of parts) {
    switch (part.type) {
      case "reasoning-start":
      case "text-start":
        expectOpen(undefined);
        open = part.id;
        break;
      case "reasoning-delta":
      case "text-delta":
        expectOpen(part.id);
        text[part.type === "text-delta" ? "text" : "reasoning"] += part.delta;
        break;
      case "reasoning-end":
      case "text-end":
        expectOpen(part.id);
        open = undefined;
        break;
      case "tool-input-start":
        expectOpen(undefined);
        inputs.set(part.id, "");
        break;
      case "tool-input-delta":
        inputs.set(part.id, inputs.get(part.id)! + part.delta);
        break;
      case "tool-call":
        expect(inputs.get(part.toolCallId)).toBe(part.input);
        calls.push(part);
        break;
    }
  }
  expectOpen(undefined);
  return [
    ...(text.reasoning ? [{ type: "reasoning" as const, text: text.reasoning }] : []),
    ...(text.text ? [{ type: "text" as const, text: text.text }] : []),
    ...calls,
  ];
}

const delta = fc.string({ maxLength: 6 });
const body = fc
  .array(
    fc.oneof(
      fc.record({ type: fc.constantFrom("reasoning" as const, "content" as const), delta }),
      fc.record({ type: fc.constant("arguments" as const), delta, at: fc.nat() }),
      fc.record({ type: fc.constant("call" as const), name: fc.constantFrom("f", "g") }),
      fc.record({ type: fc.constant("repair" as const), description: fc.string() }),
    ),
    { maxLength: 20 },
  )
  .map((steps): ChatEvent[] => {
    let calls = 0;
    return steps.flatMap((step): ChatEvent[] => {
      if (step.type === "call") return [{ type: "tool-call", index: calls, id: `call_${calls++}`, name: step.name }];
      if (step.type !== "arguments") return [step];
      return calls === 0 ? [] : [{ type: "tool-call-arguments", index: step.at % calls, delta: step.delta }];
    });
  });
const reason = fc.constantFrom<FinishReason>("stop", "length", "tool_calls", "aborted");

test("a stream adds up to what doGenerate gives, for any events", async () => {
  await fc.assert(
    fc.asyncProperty(body, reason, async (events, ended) => {
      const model = emitting([...events, { type: "usage", usage }, { type: "finish", reason: ended }]);
      const whole = await createCachalot(model).doGenerate({ prompt });
      const parts = await partsOf(model);
      const { type, ...finish } = parts.at(-1)!;
      expect(type).toBe("finish");
      const { finishReason, usage: spent, providerMetadata } = whole;
      expect(finish).toEqual({ finishReason, usage: spent, ...(providerMetadata && { providerMetadata }) });
      expect(contentOf(parts)).toEqual(whole.content);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("usage, repairs and the model's name are told", async () => {
  const model = emitting([
    { type: "content", delta: "Yes" },
    { type: "repair", description: "put an end token" },
    { type: "usage", usage },
    { type: "finish", reason: "stop" },
  ]);
  const result = await generateText({ model: createCachalot(model), prompt: "Go" });
  expect(result.usage).toMatchObject({
    inputTokens: 20,
    inputTokenDetails: { noCacheTokens: 4, cacheReadTokens: 16 },
    outputTokens: 10,
    outputTokenDetails: { textTokens: 6, reasoningTokens: 4 },
  });
  expect(result.providerMetadata).toEqual({ cachalot: { repairs: ["put an end token"] } });
  expect(result.response.modelId).toBe("m");
});

test.each(["generateText", "streamText"])("%s runs no call of a message cut off by its length", async (how) => {
  const execute = vi.fn(() => "gone");
  const tools = { rm: tool({ inputSchema: jsonSchema<{ path: string }>({ type: "object" }), execute }) };
  const scripted = createScriptedModel({
    turns: [
      { reasoning: "Away with it.", toolCalls: [{ name: "rm", arguments: { path: "/" } }], finishReason: "length" },
    ],
  });
  const options = { model: createCachalot(scripted), prompt: "Go", tools, stopWhen: stepCountIs(3) };
  const result = how === "generateText" ? await generateText(options) : streamText(options);
  if ("consumeStream" in result) await result.consumeStream();
  expect(await result.finishReason).toBe("length");
  expect(await result.providerMetadata).toEqual({ cachalot: { cutOffCalls: ["rm"] } });
  expect(execute).not.toHaveBeenCalled();
  expect(scripted.requests).toHaveLength(1);
});

test("an abort ends generateText with the signal's reason, and a stream with an abort part", async () => {
  const words = "one two three four five six seven eight nine ten";
  const scripted = createScriptedModel({ turns: () => ({ reasoning: words, content: words }) });
  const reason = new DOMException("enough", "AbortError");
  await expect(
    generateText({ model: createCachalot(scripted), prompt: "Go", abortSignal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
  const controller = new AbortController();
  const types: string[] = [];
  const { fullStream } = streamText({
    model: createCachalot(scripted),
    prompt: "Go",
    abortSignal: controller.signal,
  });
  for await (const part of fullStream) {
    types.push(part.type);
    if (part.type === "reasoning-delta") controller.abort(reason);
  }
  expect(types.at(-1)).toBe("abort");
  expect(types).not.toContain("text-delta");
});

test("cancelling a stream frees the model", async () => {
  let signal: AbortSignal | undefined;
  let ended = false;
  const endless: ChatModel = {
    id: "m",
    contextLength: 100,
    async *generate(request) {
      signal = request.signal;
      try {
        for (;;) yield { type: "content", delta: "on " };
      } finally {
        ended = true;
      }
    },
  };
  const { stream } = await createCachalot(endless).doStream({ prompt });
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
  expect([signal?.aborted, ended]).toEqual([true, true]);
});

const overloaded = new ChatError("overloaded", "http://127.0.0.1:1/v1 answered 429; send it again later", undefined, {
  status: 429,
  retryAfterMs: 5,
  retryable: true,
});

test.each(["generateText", "streamText"])("%s tries again where the endpoint may recover", async (how) => {
  const scripted = createScriptedModel({ turns: [{ error: overloaded }, "Here."] });
  const options = { model: createCachalot(scripted), prompt: "Go" };
  expect(await (how === "generateText" ? (await generateText(options)).text : streamText(options).text)).toBe("Here.");
});

test("an endpoint's refusal is an APICallError, one of our own stays what it is", async () => {
  const refusal = new ChatError("invalid_request", "http://127.0.0.1:1/v1 answered 400: no", undefined, {
    status: 400,
    retryable: false,
  });
  const model = createCachalot(createScriptedModel({ turns: [{ error: refusal }] }));
  const error = await generateText({ model, prompt: "Go" }).catch((thrown: unknown) => thrown);
  expect(APICallError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ statusCode: 400, isRetryable: false, message: refusal.message, cause: refusal });
  await expect(generateText({ model, prompt: "Go" })).rejects.toThrow(ChatError);
});

test.each([
  ["an endpoint breaks off", { content: "I st", error: overloaded }, "429"],
  ["a model fails", { content: "I st", error: new Error("out of memory") }, "out of memory"],
])("when %s in a stream, what was said stays and no call is run", async (_, turn, message) => {
  const model = createScriptedModel({ turns: [{ ...turn, toolCalls: [{ name: "f", arguments: {} }] }] });
  const parts = await partsOf(model);
  expect(contentOf(parts)).toEqual([{ type: "text", text: "I st" }]);
  expect(parts.at(-2)).toMatchObject({ type: "error", error: { message: expect.stringContaining(message) } });
  expect(parts.at(-1)).toMatchObject({ type: "finish", finishReason: { unified: "error" } });
});

test("a stream without an end is an error", async () => {
  const parts = await partsOf(emitting([{ type: "content", delta: "I st" }]));
  expect(parts.at(-2)).toMatchObject({ type: "error", error: { code: "upstream" } });
});
