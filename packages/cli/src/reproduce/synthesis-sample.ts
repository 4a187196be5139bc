/** A sample of a synthesis pipeline: its funnel, and the tasks that passed every gate. */

import { join } from "node:path";
import { sandboxUnavailableReason } from "@cachalot/agent";
import { type Funnel, pipelineNamed, synthesise } from "@cachalot/synthesis";
import type { StepContext } from "./step.js";

export interface SynthesisSample {
  /** undefined where the pipeline did not run. */
  funnel?: Pick<Funnel, "seeds" | "kept" | "seconds">;
  /** By reason, of all stages. */
  drops: Record<string, number>;
  tasks: string[];
  /** What was not run here, and why. */
  leftOut?: string;
}

/** Tasks are judged in the sandbox: without one nothing is made. */
export async function synthesisSample(name: string, options: object, context: StepContext): Promise<SynthesisSample> {
  const { dir, progress, signal } = context;
  const missing = await sandboxUnavailableReason();
  if (missing !== undefined) return { drops: {}, tasks: [], leftOut: `no sandbox on this machine: ${missing}` };
  const { funnel, drops, tasks } = await synthesise({
    ...{ pipeline: pipelineNamed(name), options, out: join(dir, "tasks", name), signal },
    onProgress: ({ done, seeds, kept }) => progress.at(`${kept} tasks kept, item`, done, seeds),
  });
  const counts: Record<string, number> = {};
  for (const { reason } of drops) counts[reason] = (counts[reason] ?? 0) + 1;
  const { seeds, kept, seconds } = funnel;
  return { funnel: { seeds, kept, seconds }, drops: counts, tasks };
}
