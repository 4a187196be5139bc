import type { ChatMessage, ChatModel } from "@cachalot/chat";
import { AgentError } from "../errors.js";
import type { AgentEvent } from "../loop/events.js";
import type { Journal } from "../loop/journal.js";
import { runAgent } from "../loop/run-agent.js";
import { withSpans } from "../trace/spans.js";
import { openTrace, type TraceWriter } from "../trace/trace-file.js";
import { type RunRecord, recordOf, TRACE_FORMAT } from "../trace/trace-record.js";
import { tracePath } from "./run-directory.js";
import type { AgentSetup, RunOutcome, RunSpec, SetUp } from "./run-spec.js";

export interface RecordedRun {
  runId: string;
  spec: RunSpec;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** Works on a run until it ends: from its beginning, or from where its journal ends. */
export async function workOnRun(
  run: RecordedRun,
  directory: string,
  setUp: SetUp,
  journal: Journal,
  onEvent: (event: AgentEvent) => void,
): Promise<RunOutcome> {
  const trace = await openTrace(tracePath(directory, run.runId));
  let setup: AgentSetup | undefined;
  try {
    setup = await setUp(run.spec, run.runId);
    return await traced(run, setup, journal, trace, onEvent);
  } catch (error) {
    // The database is lost: another process may go on with the run, and writes its trace.
    if (error instanceof AgentError && error.code === "runs") throw error;
    // A run that could not be set up has no records yet, and is listed as failed all the same.
    if (setup === undefined) await trace.write(runRecord(run, { model: { id: "", contextLength: 0 } })).catch(() => {});
    // On a full disk there is no room for the reason either; it is thrown.
    await trace
      .write({ type: "error", message: error instanceof Error ? error.message : String(error) })
      .catch(() => {});
    throw error;
  } finally {
    await trace.close();
    await setup?.close?.();
  }
}

async function traced(
  run: RecordedRun,
  { model, tokenizer, instructions, close: _, ...own }: AgentSetup,
  journal: Journal,
  trace: TraceWriter,
  onEvent: (event: AgentEvent) => void,
): Promise<RunOutcome> {
  const { runId, spec } = run;
  if (spec.approval === "ask" && own.approve === undefined) {
    throw new AgentError(
      "approval_needed",
      `${runId} was begun to ask before each call, and nobody can be asked here; resume it at a terminal`,
    );
  }
  const messages = instructed(spec.messages, instructions);
  const { thinkingMode = "thinking", sampling = {}, limits = {} } = spec;
  await trace.write(runRecord({ ...run, spec: { ...spec, messages: structuredClone(messages) } }, { ...own, model }));
  const context = { ...contextOf(spec), ...(tokenizer ? { tokenizer } : {}) };
  const options = { ...own, ...sampling, context, messages, thinkingMode, limits, runId, journal };
  const events = withSpans(runAgent(model, options), { model, runId });
  for (;;) {
    const { done, value } = await events.next();
    if (done) {
      const { messages: _, ...outcome } = value;
      return outcome;
    }
    const record = recordOf(value);
    if (record !== undefined) await trace.write(record);
    onEvent(value);
  }
}

const contextOf = ({ context }: RunSpec) => ({ strategy: "none" as const, ...context });

/** The conversation a run begins with: its own, and what is told to the model about its tools. */
function instructed(given: readonly ChatMessage[], instructions: string | undefined): ChatMessage[] {
  const messages = structuredClone([...given]);
  if (instructions === undefined) return messages;
  const [first] = messages;
  if (first?.role !== "system") return [{ role: "system", content: instructions }, ...messages];
  first.content = `${first.content ?? ""}\n\n${instructions}`;
  return messages;
}

function runRecord(
  { runId, spec, createdAt }: RecordedRun,
  { model, tools = [] }: { model: Pick<ChatModel, "id" | "contextLength">; tools?: AgentSetup["tools"] },
): RunRecord {
  const { messages, thinkingMode = "thinking", sampling, limits = {}, agent } = spec;
  return {
    type: "run",
    format: TRACE_FORMAT,
    runId,
    createdAt,
    model: model.id,
    contextLength: model.contextLength,
    messages,
    tools: tools.map(({ definition }) => definition),
    thinkingMode,
    options: { ...sampling, context: contextOf(spec), agent },
    limits,
  };
}
