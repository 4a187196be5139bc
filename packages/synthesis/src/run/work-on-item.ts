/** One item of a run: a seed's candidates, through the gates, to task folders on disk. */

import { join } from "node:path";
import { SandboxError } from "@cachalot/sandbox";
import { examineTask } from "../check/check-task.js";
import { type Drop, emptyCount, type ItemReport, type KeptTask, type StageCount } from "../funnel.js";
import { patchKey, textKey } from "../gates/duplicate-keys.js";
import { writeTaskFolder } from "../harbor/task-folder.js";
import { Dropped, type ItemContext, type Pipeline, type PipelineContext, type Seed } from "../pipeline.js";
import type { TaskFolder } from "../task.js";

export interface ItemRequest {
  pipeline: Pipeline;
  options: unknown;
  seed: Seed;
  /** Where task folders go. */
  out: string;
}

/** What it finds is written before it is reported: gone through again it writes the same. */
export async function workOnItem(
  { pipeline, options, seed, out }: ItemRequest,
  context: PipelineContext,
): Promise<ItemReport> {
  const ledger = new Ledger();
  const item: ItemContext = { ...context, stage: ledger.stage, spend: ledger.spend };
  const kept: KeptTask[] = [];
  await ledger.guarded(async () => {
    for await (const candidate of pipeline.candidates(seed, options, item)) {
      const checked = await ledger.stage("gates", () => throughGates(candidate));
      if (checked === undefined) continue;
      await writeTaskFolder(checked.task, join(out, checked.task.name));
      kept.push(checked.kept);
    }
  });
  return { key: seed.key, stages: [...ledger.counts], drops: ledger.drops, kept };
}

async function throughGates(candidate: TaskFolder): Promise<{ task: TaskFolder; kept: KeptTask }> {
  const { subject, failures } = await examineTask(candidate);
  const [first] = failures;
  if (first) throw new Dropped(`gate-${first.gate}`, failures.map(({ gate, why }) => `${gate}: ${why}`).join("; "));
  const { instance } = candidate;
  const task = instance
    ? { ...candidate, instance: { ...instance, evidence: { ...instance.evidence, ...subject.evidence } } }
    : candidate;
  const patch = await patchKey(subject);
  return {
    task,
    kept: { id: task.name, textKey: textKey(task.instruction), ...(patch === undefined ? {} : { patchKey: patch }) },
  };
}

/** Counts of the stages of one item. */
class Ledger {
  readonly counts = new Map<string, StageCount>();
  readonly drops: Drop[] = [];

  readonly stage = async <T>(name: string, work: () => Promise<T> | T): Promise<T | undefined> => {
    const count = this.#count(name);
    count.entered++;
    const started = performance.now();
    try {
      const value = await work();
      count.passed++;
      return value;
    } catch (error) {
      this.#drop(name, error);
      return undefined;
    } finally {
      count.seconds += (performance.now() - started) / 1000;
    }
  };

  readonly spend: ItemContext["spend"] = (stage, { tokens, cost = 0 }) => {
    const count = this.#count(stage);
    count.tokens += tokens;
    count.cost += cost;
  };

  /** What goes wrong between stages costs the rest of the item. */
  async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#drop("candidates", error);
    }
  }

  #drop(stage: string, error: unknown): void {
    if (error instanceof SandboxError && error.code === "sandbox_unavailable") throw error;
    const { message } = error as Error;
    const drop =
      error instanceof Dropped ? { reason: error.reason, detail: error.detail } : { reason: "error", detail: message };
    this.drops.push({ stage, reason: drop.reason, detail: drop.detail.slice(0, 1000) });
  }

  #count(name: string): StageCount {
    if (!this.counts.has(name)) this.counts.set(name, emptyCount());
    return this.counts.get(name)!;
  }
}
