import { type ChatMessage, createScriptedModel } from "@cachalot/chat";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { agentResult, runAgent } from "../loop/run-agent.js";
import { calculatorTool } from "../tools/calculator.js";
import { withSpans } from "./spans.js";

const exporter = new InMemorySpanExporter();
beforeAll(() => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});
beforeEach(() => exporter.reset());
afterAll(() => trace.disable());

const messages = (): ChatMessage[] => [{ role: "user", content: "Go" }];

test("a run is a span, with its model and tool calls within", async () => {
  const model = createScriptedModel({
    turns: [
      {
        reasoning: "Hm.",
        toolCalls: [
          { name: "calculator", arguments: { expression: "1 + 1" } },
          { name: "nothing", arguments: {} },
        ],
      },
      { reasoning: "Done.", content: "2" },
    ],
  });
  const run = runAgent(model, { messages: messages(), tools: [calculatorTool] });
  const result = await agentResult(withSpans(run, { model, runId: "r1" }));
  const spans = exporter.getFinishedSpans();
  const agent = spans.at(-1)!;
  expect(spans.map(({ name }) => name)).toEqual([
    "chat scripted",
    "execute_tool calculator",
    "execute_tool nothing",
    "chat scripted",
    "invoke_agent cachalot",
  ]);
  for (const span of spans.slice(0, -1)) {
    expect(span.parentSpanContext?.spanId).toBe(agent.spanContext().spanId);
    expect(span.attributes["gen_ai.conversation.id"]).toBe("r1");
  }
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "scripted",
    "gen_ai.response.finish_reasons": ["tool_calls"],
  });
  expect(spans[1]!.attributes).toMatchObject({ "gen_ai.tool.name": "calculator", "gen_ai.tool.call.id": "call_0_0" });
  expect(spans[1]!.status.code).toBe(SpanStatusCode.UNSET);
  expect(spans[2]!.status.code).toBe(SpanStatusCode.ERROR);
  expect(agent.attributes).toMatchObject({
    "cachalot.run.stopped": "answer",
    "gen_ai.usage.output_tokens": result.usage.completionTokens,
  });
});

test("an error of the model ends the span, and leaving a run early too", async () => {
  const model = createScriptedModel({ turns: [{ content: "half", error: new Error("upstream broke") }, "x"] });
  const begin = () => withSpans(runAgent(model, { messages: messages() }), { model, runId: "r2" });
  await expect(agentResult(begin())).rejects.toThrow("upstream broke");
  for await (const event of begin()) if (event.type === "content") break;
  const [broken, left] = exporter.getFinishedSpans();
  expect(broken).toMatchObject({ status: { code: SpanStatusCode.ERROR, message: "upstream broke" } });
  expect(left!.ended).toBe(true);
});
