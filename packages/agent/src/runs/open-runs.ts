import { randomBytes } from "node:crypto";
import { openWorkflows, type Workflows, type WorkflowsOptions } from "../durable/open-workflows.js";
import type { WorkflowStatus } from "../durable/workflow.js";
import { AgentError } from "../errors.js";
import {
  type RunsOptions as AgentOptions,
  type AgentWorkflows,
  agentWorkflows,
  trajectoryId,
} from "./agent-workflows.js";
import type { RunOutcome, RunSpec } from "./run-spec.js";

export interface RunsOptions extends AgentOptions, Omit<WorkflowsOptions, "workflows"> {}

export interface AgentRuns {
  /**
   * Begins a run in this process. @returns its id
   * @throws AgentError `runs` for a `runId` that is taken, or no name
   */
  start(spec: RunSpec, options?: { runId?: string }): Promise<string>;
  /**
   * Leaves a run to a worker. @returns its id
   * @throws AgentError `approval_needed` for one that must be asked about: a worker cannot
   */
  enqueue(spec: RunSpec, options?: { runId?: string }): Promise<string>;
  /**
   * Goes on with a run that was left by a dead process or failed: finished steps are not run again.
   * @throws AgentError `runs` when there is none of this name, or a living process works on it
   */
  resume(runId: string): Promise<void>;
  /** Waits for a run. @throws what it failed with */
  result(runId: string): Promise<RunOutcome>;
  status(runId: string): Promise<WorkflowStatus | undefined>;
  /** How it was asked for; undefined when there is none of this name. */
  spec(runId: string): Promise<RunSpec | undefined>;
  /** Aborted when runs cannot be recorded any more; those at work stand still then. Close, and open again. */
  readonly lost: AbortSignal;
  /** Stops working and lets go of the database. Runs that are not done can be resumed. */
  close(): Promise<void>;
}

/** Sorts by time, and can be told on the telephone. */
export const createRunId = (): string =>
  `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${randomBytes(2).toString("hex")}`;

/**
 * Opens the durable runs of agents alone. Where there are other workflows too, open them together: `agentWorkflows`,
 * `openWorkflows`, `agentRunsOn`.
 *
 * @throws AgentError `runs` when workflows are open already, in this process or (embedded database) in another
 */
export async function openRuns(options: RunsOptions): Promise<AgentRuns> {
  const agents = agentWorkflows(options);
  return agentRunsOn(await openWorkflows({ ...options, workflows: agents.all }), agents);
}

/** The runs of agents among the open workflows of this process. */
export function agentRunsOn(workflows: Workflows, agents: AgentWorkflows): AgentRuns {
  const begin = async (spec: RunSpec, runId: string, queue: boolean) => {
    await workflows.start(agents.for(spec), runId, { runId, spec, createdAt: Date.now() }, { queue });
    return runId;
  };
  const spec = async (runId: string) => (await workflows.input<{ spec: RunSpec }>(runId))?.spec;
  return {
    start: (spec, { runId = createRunId() } = {}) => begin(spec, runId, false),
    async enqueue(spec, { runId = createRunId() } = {}) {
      if (spec.approval !== "ask") return begin(spec, runId, true);
      throw new AgentError(
        "approval_needed",
        "A worker has nobody to ask; start this run where its calls can be approved",
      );
    },
    async resume(runId) {
      const { trajectories = 1 } = (await spec(runId)) ?? {};
      const children = trajectories > 1 ? Array.from({ length: trajectories }, (_, i) => trajectoryId(runId, i)) : [];
      await workflows.resume(runId, children);
    },
    async result(runId) {
      const outcome = await workflows.result<RunOutcome>(runId);
      // Runs that ended under an earlier release have the first name alone.
      return { ...outcome, stopReason: outcome.stopped };
    },
    status: (runId) => workflows.status(runId),
    spec,
    lost: workflows.lost,
    close: () => workflows.close(),
  };
}
