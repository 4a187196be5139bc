/**
 * Human in the loop: runs that pages start or resume are worked on in the server, and their calls wait for a word where they were
 * begun so. The embedded database is open while such a run is at work only, so that other commands find it free.
 */

import {
  type AgentRuns,
  type Approval,
  createAgentHost,
  createRunId,
  openRuns,
  type RunSpec,
  type TextTokenizer,
} from "@cachalot/agent";
import type { ChatModel } from "@cachalot/chat";
import type { PendingCall } from "../../wire/run-events.js";

interface Waiting extends PendingCall {
  decide(approval: Approval): void;
}

/** What the server serves. */
export interface Served {
  model: ChatModel;
  tokenizer: TextTokenizer | undefined;
}

export class RunDesk {
  private opened: Promise<AgentRuns> | undefined;
  private readonly working = new Set<string>();
  private readonly waiting = new Map<string, Waiting>();
  private tickets = 0;

  /** @param plan names the served model for other commands; a run that was begun with another model is not resumed here */
  constructor(
    private readonly directory: string,
    private readonly plan: object,
  ) {}

  isAtWork(runId: string): boolean {
    return this.working.has(runId);
  }

  pending(runId: string): PendingCall | undefined {
    const waiting = this.waiting.get(runId);
    return waiting && { ticket: waiting.ticket, name: waiting.name, arguments: waiting.arguments };
  }

  /** @returns false where no call of this ticket waits */
  decide(runId: string, ticket: number, approval: Approval): boolean {
    const waiting = this.waiting.get(runId);
    if (waiting?.ticket !== ticket) return false;
    this.waiting.delete(runId);
    waiting.decide(approval);
    return true;
  }

  start(spec: RunSpec, served: Served): Promise<string> {
    const agent = { ...this.plan, ...(spec.agent as object) };
    return this.begin(createRunId(), served, (runs, runId) => runs.start({ ...spec, agent }, { runId }));
  }

  /** @throws AgentError `runs` where there is none of this name, or a living process works on it */
  resume(runId: string, served: Served): Promise<string> {
    return this.begin(runId, served, async (runs) => {
      await runs.resume(runId);
      return runId;
    });
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    await (await opened?.catch(() => undefined))?.close();
  }

  private async begin(
    runId: string,
    served: Served,
    work: (runs: AgentRuns, runId: string) => Promise<string>,
  ): Promise<string> {
    this.working.add(runId);
    try {
      const runs = await this.open(served);
      await work(runs, runId);
      void runs
        .result(runId)
        .catch(() => {})
        .then(() => this.leave(runId));
      return runId;
    } catch (error) {
      await this.leave(runId);
      throw error;
    }
  }

  private async leave(runId: string): Promise<void> {
    this.working.delete(runId);
    this.waiting.delete(runId);
    if (this.working.size === 0) await this.close();
  }

  private open(served: Served): Promise<AgentRuns> {
    this.opened ??= openRuns({
      directory: this.directory,
      ...(process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {}),
      setUp: (spec, runId) => this.hostOf(runId, served).setUp(spec, runId),
    });
    return this.opened;
  }

  private hostOf(runId: string, { model, tokenizer }: Served) {
    return createAgentHost<Record<string, unknown>>({
      directory: this.directory,
      openModel: async (plan) => {
        const { apply: _, ...named } = plan;
        if (JSON.stringify(sorted(named)) !== JSON.stringify(sorted(this.plan)))
          throw new Error(
            `the run ${runId} was begun with another model than the one served; cachalot resume ${runId} goes on with it`,
          );
        return { model, ...(tokenizer ? { tokenizer } : {}), close: async () => {} };
      },
      approve: ({ call }) =>
        new Promise((decide) => {
          const { name, arguments: text } = call.function;
          this.waiting.set(runId, { ticket: this.tickets++, name, arguments: text, decide });
        }),
    });
  }
}

const sorted = (value: object): unknown => Object.entries(JSON.parse(JSON.stringify(value)) as object).sort();
