/** What a run's records say of its steps: tokens seen before and new ones, what was written, cuts of the context. */

import type { StopReason, TraceRecord } from "@cachalot/agent";
import type { RunStep } from "../../wire/runs.js";

/** What a list of runs tells of one. */
export interface RunFacts {
  createdAt: number;
  model: string;
  /** The task: the last user message it began with. */
  task: string;
  state: StopReason | "failed" | "unfinished";
  error?: string;
  usage: { promptTokens: number; completionTokens: number };
  durationMs: number;
}

export class StepTable {
  readonly steps: RunStep[] = [];
  facts: RunFacts | undefined;
  private count = 0;

  add(record: TraceRecord): void {
    const n = this.count++;
    switch (record.type) {
      case "run":
        this.facts = {
          ...{ createdAt: record.createdAt, model: record.model, state: "unfinished", durationMs: 0 },
          task: record.messages.findLast(({ role }) => role === "user")?.content ?? "",
          usage: { promptTokens: 0, completionTokens: 0 },
        };
        return;
      case "prompt": {
        const { step, purpose, promptTokens, reusedTokens } = record;
        this.steps.push({ n, step, purpose, promptTokens, reusedTokens, calls: [] });
        return;
      }
      case "model":
        this.answered(n, record);
        return;
      case "context": {
        const { strategy, before, after, removedCalls } = record;
        this.of(n, record.step + 0.5, "step").cut = { strategy, before, after, removedCalls: removedCalls.length };
        return;
      }
      case "end":
        if (this.facts) {
          const { promptTokens, completionTokens } = record.usage;
          this.facts.state = record.stopped;
          this.facts.usage = { promptTokens, completionTokens };
          this.facts.durationMs = record.durationMs;
        }
        return;
      case "error":
        if (this.facts) Object.assign(this.facts, { state: "failed", error: record.message });
    }
  }

  private answered(n: number, record: TraceRecord & { type: "model" }): void {
    const { usage, durationMs, message } = record;
    const step = this.of(n, record.step, record.purpose);
    step.promptTokens ||= usage.promptTokens;
    step.cachedTokens = usage.cachedTokens;
    step.completionTokens = usage.completionTokens;
    step.reasoningTokens = usage.reasoningTokens;
    step.durationMs = durationMs;
    step.calls = (message.tool_calls ?? []).map(({ function: { name } }) => name);
    if (!this.facts) return;
    this.facts.usage.promptTokens += usage.promptTokens;
    this.facts.usage.completionTokens += usage.completionTokens;
    this.facts.durationMs += durationMs;
  }

  /** The prompt that a record belongs to, where its strategy counts prompts; else a step of its own. */
  private of(n: number, step: number, purpose: RunStep["purpose"]): RunStep {
    const last = this.steps.at(-1);
    if (last && last.step === step && last.purpose === purpose) return last;
    const made: RunStep = { n, step, purpose, promptTokens: 0, reusedTokens: 0, calls: [] };
    this.steps.push(made);
    return made;
  }
}
