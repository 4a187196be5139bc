import type { LanguageModelV3CallOptions, LanguageModelV3Prompt, LanguageModelV3ToolChoice } from "@ai-sdk/provider";
import { InvalidArgumentError, UnsupportedFunctionalityError } from "@ai-sdk/provider";
import { chatPrompt, createScriptedModel } from "@cachalot/chat";
import { generateText, jsonSchema, Output, tool } from "ai";
import { expect, test } from "vitest";
import { callRequest } from "./call-request.js";
import { createCachalot } from "./language-model.js";

const prompt: LanguageModelV3Prompt = [
  {
    role: "user",
    content: [
      { type: "text", text: "He" },
      { type: "text", text: "llo" },
    ],
  },
];
const requestOf = (options: Partial<LanguageModelV3CallOptions>) => callRequest({ prompt, ...options });

test("settings become sampling options", () => {
  const { request, warnings } = requestOf({
    temperature: 0,
    topP: 0.5,
    topK: 3,
    seed: 7,
    stopSequences: ["\n"],
    maxOutputTokens: 9,
    headers: { "user-agent": "ai" },
    presencePenalty: 0,
  });
  expect(request).toEqual({
    messages: [{ role: "user", content: "Hello" }],
    thinkingMode: "thinking",
    temperature: 0,
    topP: 0.5,
    topK: 3,
    seed: 7,
    stop: ["\n"],
    maxTokens: 9,
  });
  expect(warnings).toEqual([]);
});

test("what cannot be had is a warning", () => {
  const { request, warnings } = requestOf({
    presencePenalty: 1,
    frequencyPenalty: -1,
    headers: { "x-trace": "1" },
    tools: [
      { type: "provider", id: "other.search", name: "search", args: {} },
      { type: "function", name: "f", inputSchema: {}, strict: true, inputExamples: [{ input: {} }] },
    ],
  });
  expect(warnings.map((warning) => "feature" in warning && warning.feature)).toEqual([
    "provider tool other.search",
    "input examples of tool f",
    "presencePenalty",
    "frequencyPenalty",
    "headers",
  ]);
  expect(request.tools).toEqual([{ type: "function", function: { name: "f", parameters: {}, strict: true } }]);
});

test("toolChoice goes along with the tools: with none they stay in the prompt", () => {
  const tools = [{ type: "function" as const, name: "f", inputSchema: {} }];
  const chosen = (toolChoice: LanguageModelV3ToolChoice) => requestOf({ tools, toolChoice }).request;
  expect(requestOf({ tools }).request).not.toHaveProperty("toolChoice");
  expect(chosen({ type: "none" })).toMatchObject({ toolChoice: "none", tools: [{ function: { name: "f" } }] });
  expect(chosen({ type: "tool", toolName: "f" }).toolChoice).toEqual({ name: "f" });
  expect(requestOf({ toolChoice: { type: "none" } }).request).not.toHaveProperty("toolChoice");
});

test("a demanded call is refused with the fix where the model cannot promise it", async () => {
  const model = createCachalot(createScriptedModel({ turns: () => "ok" }));
  const tools = { f: tool({ inputSchema: jsonSchema<object>({ type: "object" }), execute: () => "ok" }) };
  for (const toolChoice of ["required", { type: "tool", toolName: "f" }] as const) {
    const asked = generateText({ model, prompt: "Hi", tools, toolChoice, maxRetries: 0 });
    await expect(asked).rejects.toThrow(UnsupportedFunctionalityError);
    await expect(asked).rejects.toThrow('tool_choice must be "auto" or "none"');
  }
});

test("how long to think is a provider option", () => {
  const asked = (cachalot: Record<string, string | boolean>) => requestOf({ providerOptions: { cachalot } });
  expect(asked({ reasoningEffort: "max" }).request).toMatchObject({
    thinkingMode: "thinking",
    reasoningEffort: "max",
  });
  expect(asked({ reasoningEffort: "low", thinking: false }).request).not.toHaveProperty("reasoningEffort");
  expect(() => asked({ reasoningEffort: "none" })).toThrow("must be one of minimal, low");
});

const image = { type: "file" as const, data: "AAAA", mediaType: "image/png" };
const output = { type: "text" as const, value: "x" };
test.each<[string, LanguageModelV3Prompt]>([
  ["image/png in a user message", [{ role: "user", content: [image] }]],
  ["image/png in an assistant message", [{ role: "assistant", content: [image] }]],
  [
    "the result of a provider's own tool",
    [{ role: "assistant", content: [{ type: "tool-result", toolCallId: "1", toolName: "f", output }] }],
  ],
])("%s is refused", (functionality, refused) => {
  const send = () => requestOf({ prompt: refused });
  expect(send).toThrow(UnsupportedFunctionalityError);
  expect(send).toThrow(`Cannot send ${functionality}: `);
});

test.each([
  [{ thinking: "no" }, "providerOptions.cachalot.thinking must be true or false"],
  [{ thinkng: false }, "providerOptions.cachalot.thinkng is not known; the options are: thinking"],
])("provider options %j are refused", (cachalot, message) => {
  const send = () => requestOf({ providerOptions: { cachalot } });
  expect(send).toThrow(InvalidArgumentError);
  expect(send).toThrow(message);
});

test("results come in the order of the calls, of every type of output", () => {
  const outputs = [
    output,
    { type: "json", value: { a: [1, null] } },
    { type: "error-text", value: "broken" },
    { type: "error-json", value: { code: 3 } },
    { type: "execution-denied" },
    { type: "execution-denied", reason: "too late" },
    {
      type: "content",
      value: [
        { type: "text", text: "look" },
        { type: "image-data", data: "AAAA", mediaType: "image/png" },
        { type: "file-data", data: "AAAA", mediaType: "text/csv", filename: "a.csv" },
        { type: "image-url", url: "http://127.0.0.1/a.png" },
        { type: "file-id", fileId: "1" },
      ],
    },
  ] as const;
  const ids = outputs.map((_, i) => `c${i}`);
  const { messages } = requestOf({
    prompt: [
      ...prompt,
      {
        role: "assistant",
        content: ids.map((toolCallId) => ({ type: "tool-call", toolCallId, toolName: "f", input: { toolCallId } })),
      },
      {
        role: "tool",
        content: [
          ...ids
            .map((toolCallId, i) => ({ type: "tool-result", toolCallId, toolName: "f", output: outputs[i]! }) as never)
            .reverse(),
          { type: "tool-approval-response", approvalId: "a", approved: true },
        ],
      },
    ],
  }).request;
  expect(messages[1]).toMatchObject({
    tool_calls: ids.map((id) => ({ id, function: { arguments: `{"toolCallId":"${id}"}` } })),
  });
  expect(messages.slice(2).map(({ content }) => content)).toEqual([
    "x",
    '{"a":[1,null]}',
    "Error: broken",
    'Error: {"code":3}',
    "Error: the call was denied",
    "Error: the call was denied: too late",
    "look\n[image, image/png, not shown]\n[file a.csv, text/csv, not shown]\n[http://127.0.0.1/a.png, not shown]\n[file-id, not shown]",
  ]);
});

test("structured output: the schema is in the prompt, the answer is parsed", async () => {
  const model = createScriptedModel({ turns: [{ reasoning: "JSON, then.", content: '{"metres": 2250}' }] });
  const metres = { type: "number" } as const;
  const schema = { type: "object" as const, properties: { metres }, required: ["metres"] };
  const { output: depth } = await generateText({
    model: createCachalot(model),
    prompt: "How deep?",
    output: Output.object({ schema: jsonSchema<{ metres: number }>(schema), name: "depth", description: "A depth" }),
  });
  expect(depth).toEqual({ metres: 2250 });
  const responseFormat = { ...schema, title: "depth", description: "A depth" };
  const messages = [{ role: "user" as const, content: "How deep?" }];
  expect(chatPrompt(model.requests[0]!)).toBe(chatPrompt({ messages, responseFormat }));
  expect(requestOf({ responseFormat: { type: "json" } }).request.responseFormat).toEqual({ type: "object" });
  expect(requestOf({ responseFormat: { type: "text" } }).request.responseFormat).toBeUndefined();
});
