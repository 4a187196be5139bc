/** Agent runs as durable workflows: one trajectory, or several side by side. */

import { fewestSteps } from "../context/fewest-steps.js";
import type { Workflow } from "../durable/workflow.js";
import type { AgentEvent } from "../loop/events.js";
import type { RunOutcome, RunSpec, SetUp } from "./run-spec.js";
import { type RecordedRun, workOnRun } from "./work-on-run.js";

export interface RunsOptions {
  /** Holds the traces. Default ".cachalot". */
  directory?: string;
  setUp: SetUp;
  /** Called for everything that happens in the runs at work here. */
  onEvent?: (runId: string, event: AgentEvent) => void;
}

export interface AgentWorkflows {
  /** To be opened with the others of this process. */
  readonly all: readonly Workflow<RecordedRun, RunOutcome>[];
  for(spec: RunSpec): Workflow<RecordedRun, RunOutcome>;
}

/** The name of a run's trajectory `index`, counted from 0. */
export const trajectoryId = (runId: string, index: number): string => `${runId}.${index}`;

/** A run that must ask before each call waits for a process that can. */
const unattended = ({ spec }: RecordedRun): boolean => spec.approval !== "ask";

export function agentWorkflows({ directory = ".cachalot", setUp, onEvent = () => {} }: RunsOptions): AgentWorkflows {
  const single: Workflow<RecordedRun, RunOutcome> = {
    name: "agent-run",
    unattended,
    run: (run, { journal }) => workOnRun(run, directory, setUp, journal, (event) => onEvent(run.runId, event)),
  };
  const several: Workflow<RecordedRun, RunOutcome> = {
    name: "agent-runs",
    unattended,
    async run({ runId, spec, createdAt }, { start }) {
      const results: (() => Promise<RunOutcome>)[] = [];
      for (let i = 0; i < (spec.trajectories ?? 1); i++) {
        const id = trajectoryId(runId, i);
        results.push(await start(single, id, { runId: id, spec: trajectorySpec(spec, i), createdAt }));
      }
      const outcomes: RunOutcome[] = [];
      for (const result of results) outcomes.push(await result());
      return outcomes[fewestSteps(outcomes)]!;
    },
  };
  return { all: [single, several], for: ({ trajectories = 1 }) => (trajectories > 1 ? several : single) };
}

/** Trajectories differ by their seeds, where one is given. */
function trajectorySpec({ trajectories: _, ...spec }: RunSpec, index: number): RunSpec {
  const seed = spec.sampling?.seed;
  return seed === undefined ? spec : { ...spec, sampling: { ...spec.sampling, seed: seed + index } };
}
