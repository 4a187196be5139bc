import { type AssistantMessage, type ChatMessage, wellFormed } from "@cachalot/chat";
import type { Tool } from "../tools/tool.js";
import type { AgentEvent, ToolOutcome } from "./events.js";
import { errorOutcome, executeCall, type PreparedCall, prepareCall } from "./execute-call.js";
import type { AgentHooks, Approve } from "./hooks.js";
import type { Journal, Recorded } from "./journal.js";
import { inOrder } from "./run-calls.js";

export interface ToolCallerOptions {
  tools: readonly Tool[];
  hooks: AgentHooks;
  approve: Approve | undefined;
  journal: Journal;
  runId: string;
  signal: AbortSignal;
  maxConcurrentCalls: number;
}

const lostState = ({ stateful }: Tool): string =>
  `[The run was resumed in a new process: ${stateful} of this tool's earlier calls are gone.]`;

/** Runs the calls of messages, each as one step of the journal. */
export function createToolCaller(options: ToolCallerOptions) {
  const { tools, hooks, approve, journal, runId, signal, maxConcurrentCalls } = options;
  /** Tools with state that was made in a process that is no more. */
  const stale = new Set<Tool>();

  async function approved(step: number, index: number, prepared: PreparedCall): Promise<PreparedCall> {
    if ("problem" in prepared || approve === undefined || signal.aborted) return prepared;
    const { call, args } = prepared;
    const { value } = await journal.step(`approve-${step}-${index}`, async () => approve({ step, call, args }));
    return value.approved ? prepared : { call, problem: `the call was denied: ${value.reason}` };
  }

  async function outcomeOf(step: number, index: number, prepared: PreparedCall): Promise<Recorded<ToolOutcome>> {
    if ("problem" in prepared) return { value: errorOutcome(prepared.problem), replayed: false };
    const { call, tool, args } = prepared;
    const idempotencyKey = `${runId}:${step}:${index}`;
    const recorded = await journal.step(`tool-${step}-${index}`, async () => {
      const early = await hooks.beforeTool?.({ step, call, args });
      const outcome =
        early === undefined
          ? await executeCall(tool, args, { signal, callId: call.id ?? idempotencyKey, idempotencyKey })
          : { content: early, isError: false, startedAt: Date.now(), durationMs: 0 };
      if (stale.delete(tool)) outcome.content = `${lostState(tool)}\n${outcome.content}`;
      const late = await hooks.afterTool?.({ step, call, outcome });
      return wellFormed(late === undefined ? outcome : { ...outcome, content: late });
    });
    if (recorded.replayed && tool.stateful) stale.add(tool);
    return recorded;
  }

  /** Appends a result to `messages` for each call of `message`, in their order. */
  return async function* callTools(
    step: number,
    message: AssistantMessage,
    messages: ChatMessage[],
  ): AsyncGenerator<AgentEvent & { type: "tool-start" | "tool-result" }, void, undefined> {
    const tasks: { concurrent: boolean; run(): Promise<AgentEvent & { type: "tool-result" }> }[] = [];
    for (const [index, call] of (message.tool_calls ?? []).entries()) {
      yield { type: "tool-start", step, index, call };
      const prepared = await approved(step, index, prepareCall(tools, call));
      tasks.push({
        concurrent: !("problem" in prepared) && prepared.tool.concurrent === true,
        run: async () => {
          const { value, replayed } = await outcomeOf(step, index, prepared);
          return { type: "tool-result", step, index, call, ...value, replayed };
        },
      });
    }
    for await (const event of inOrder(tasks, maxConcurrentCalls)) {
      const { call, content } = event;
      messages.push({ role: "tool", content, ...(call.id ? { tool_call_id: call.id } : {}) });
      yield event;
    }
  };
}
