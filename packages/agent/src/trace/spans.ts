import type { ChatModel } from "@cachalot/chat";
import { type Attributes, context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { AgentEvent, AgentResult } from "../loop/events.js";

export interface SpanOptions {
  model: Pick<ChatModel, "id">;
  runId: string;
  /** Default "cachalot". */
  agentName?: string;
}

/**
 * Passes a run's events on and tells OpenTelemetry of them, by its conventions for generative AI: a span for the run, and
 * within it one for each model call and each tool call. Steps replayed from an earlier process were told by that one.
 * Without a tracer provider nothing is done; what was said is never part of a span.
 */
export async function* withSpans(
  run: AsyncGenerator<AgentEvent, AgentResult, undefined>,
  { model, runId, agentName = "cachalot" }: SpanOptions,
): AsyncGenerator<AgentEvent, AgentResult, undefined> {
  const tracer = trace.getTracer("@cachalot/agent");
  const common = {
    "gen_ai.provider.name": "cachalot",
    "gen_ai.conversation.id": runId,
    "gen_ai.request.model": model.id,
  };
  const agent = tracer.startSpan(`invoke_agent ${agentName}`, {
    kind: SpanKind.INTERNAL,
    attributes: { ...common, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agentName },
  });
  const within = trace.setSpan(context.active(), agent);

  function record(
    name: string,
    kind: SpanKind,
    step: { startedAt: number; durationMs: number },
    attributes: Attributes,
  ) {
    const span = tracer.startSpan(name, { kind, startTime: step.startedAt, attributes }, within);
    if (attributes["error.type"] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(step.startedAt + step.durationMs);
  }

  try {
    for (;;) {
      const { done, value: event } = await run.next();
      if (done) {
        const { stopReason, steps, usage } = event;
        agent.setAttributes({
          "cachalot.run.stopped": stopReason,
          "cachalot.run.steps": steps,
          ...usageAttributes(usage),
        });
        return event;
      }
      if (event.type === "message" && !event.replayed) {
        record(`chat ${model.id}`, SpanKind.CLIENT, event, {
          ...common,
          "gen_ai.operation.name": "chat",
          "gen_ai.response.finish_reasons": [event.finishReason],
          "cachalot.call.purpose": event.purpose,
          ...usageAttributes(event.usage),
        });
      } else if (event.type === "tool-result" && !event.replayed) {
        const { name } = event.call.function;
        record(`execute_tool ${name}`, SpanKind.INTERNAL, event, {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": name,
          "gen_ai.tool.type": "function",
          "gen_ai.conversation.id": runId,
          ...(event.call.id ? { "gen_ai.tool.call.id": event.call.id } : {}),
          ...(event.isError ? { "error.type": "tool_error" } : {}),
        });
      }
      yield event;
    }
  } catch (error) {
    agent.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    agent.setAttribute("error.type", error instanceof Error ? error.name : "error");
    throw error;
  } finally {
    agent.end();
    await run.return(undefined as never);
  }
}

const usageAttributes = (usage: AgentResult["usage"]): Attributes => ({
  "gen_ai.usage.input_tokens": usage.promptTokens,
  "gen_ai.usage.output_tokens": usage.completionTokens,
  "gen_ai.usage.cache_read.input_tokens": usage.cachedTokens,
});
