import { join } from "node:path";
import { isWorkflowId } from "../durable/workflow.js";
import { AgentError } from "../errors.js";
import type { AgentEvent } from "../loop/events.js";
import type { Journal } from "../loop/journal.js";
import { runAgent } from "../loop/run-agent.js";
import { withSpans } from "../trace/spans.js";
import { openTrace, type TraceWriter } from "../trace/trace-file.js";
import { recordOf, TRACE_FORMAT } from "../trace/trace-record.js";
import type { RunOutcome, RunSpec, SetUp } from "./run-spec.js";

export interface RecordedRun {
  runId: string;
  spec: RunSpec;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/**
 * The folder that holds a run's trace and its files.
 * @throws AgentError `runs` for what cannot be the name of one: it would lead elsewhere
 */
function runDirectory(directory: string, runId: string): string {
  if (isWorkflowId(runId)) return join(directory, "runs", runId);
  throw new AgentError("runs", `${JSON.stringify(runId)} is no name of a run; cachalot runs lists those that are`);
}

/** The file that holds a run's trace. @throws as `runDirectory` */
export const tracePath = (directory: string, runId: string): string =>
  join(runDirectory(directory, runId), "trace.jsonl");

/** Works on a run until it ends: from its beginning, or from where its journal ends. */
export async function workOnRun(
  { runId, spec, createdAt }: RecordedRun,
  directory: string,
  setUp: SetUp,
  journal: Journal,
  onEvent: (event: AgentEvent) => void,
): Promise<RunOutcome> {
  const setup = await setUp(spec, runId);
  let trace: TraceWriter | undefined;
  try {
    const { model, tokenizer, close: _, ...own } = setup;
    const { messages: given, thinkingMode = "thinking", sampling = {}, limits = {}, agent } = spec;
    const messages = structuredClone(given);
    const context = { strategy: "none" as const, ...spec.context };
    if (spec.approval === "ask" && own.approve === undefined) {
      throw new AgentError(
        "approval_needed",
        `${runId} was begun to ask before each call, and nobody can be asked here; resume it at a terminal`,
      );
    }
    trace = await openTrace(tracePath(directory, runId));
    await trace.write({
      type: "run",
      format: TRACE_FORMAT,
      runId,
      createdAt,
      model: model.id,
      contextLength: model.contextLength,
      messages: given,
      tools: (own.tools ?? []).map(({ definition }) => definition),
      thinkingMode,
      options: { ...sampling, context, agent },
      limits,
    });
    const options = {
      ...own,
      ...sampling,
      context: { ...context, ...(tokenizer ? { tokenizer } : {}) },
      ...{ messages, thinkingMode, limits, runId, journal },
    };
    const run = withSpans(runAgent(model, options), { model, runId });
    for (;;) {
      const { done, value } = await run.next();
      if (done) {
        const { messages: _, ...outcome } = value;
        return outcome;
      }
      const record = recordOf(value);
      if (record !== undefined) await trace.write(record);
      onEvent(value);
    }
  } catch (error) {
    await trace?.write({ type: "error", message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    await trace?.close();
    await setup.close?.();
  }
}
