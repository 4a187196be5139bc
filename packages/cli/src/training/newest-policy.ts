/** The policy of a rollout worker: an engine with the newest weights that the trainer published. */

import { setTimeout as sleep } from "node:timers/promises";
import type { CompletionModel } from "@cachalot/chat";
import { type LocalEngine, startEngine } from "@cachalot/engine";
import type { PolicyPlan, RolloutPolicy, WithPolicy } from "@cachalot/environments";
import { loadTokenizer, type Tokenizer } from "@cachalot/model";
import type { DeviceName } from "@cachalot/tensor";
import { newestWeights } from "@cachalot/training";

export interface NewestPolicy {
  withPolicy: WithPolicy;
  close(): Promise<void>;
}

interface Running {
  /** What the engine was started for. */
  plan: string;
  engine: LocalEngine;
  tokenizer: Tokenizer;
  /** Of the trainer's weights. */
  version: number;
}

/** Loads of weights that may fail in a row: the trainer removes old ones while they are read. */
const ATTEMPTS = 5;

/**
 * Groups share the engine. Newer weights are loaded before a group begins, when none is at work: all of a group is drawn by the same
 * weights, and no cache outlives them.
 *
 * @param runDir the run, as this machine sees it
 */
export function newestPolicy(runDir: string, device: DeviceName | undefined): NewestPolicy {
  let running: Running | undefined;
  let atWork = 0;
  let whenIdle = () => {};
  let gate: Promise<unknown> = Promise.resolve();

  const idle = () =>
    new Promise<void>((resolve) => {
      if (atWork === 0) resolve();
      else whenIdle = resolve;
    });

  async function start(plan: PolicyPlan, { dir, version }: { dir: string; version: number }): Promise<Running> {
    await running?.engine.close();
    running = undefined;
    const { weights, maxSequences, contextLength } = plan;
    const engine = await startEngine(dir, {
      ...{ weights, maxSequences, contextLength, maxQueue: Number.MAX_SAFE_INTEGER, draft: false },
      ...(device ? { device } : {}),
    });
    return { plan: JSON.stringify(plan), engine, tokenizer: await loadTokenizer(dir), version };
  }

  async function renewed(plan: PolicyPlan): Promise<Running> {
    for (let attempt = 1; ; attempt++) {
      const newest = await newestWeights(runDir, plan.stage);
      if (!newest) throw new Error(`there are no weights in ${runDir}; give the directory of the run that trains`);
      const isSame = running?.plan === JSON.stringify(plan);
      if (running && isSame && running.version >= newest.version) return running;
      await idle();
      try {
        if (!running || !isSame) running = await start(plan, newest);
        else {
          await running.engine.loadWeights(newest.dir);
          running.version = newest.version;
        }
        return running;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await sleep(200);
      }
    }
  }

  return {
    async withPolicy(plan, work) {
      const ready = gate.then(async () => {
        const now = await renewed(plan);
        atWork++;
        return { policy: policyOf(now), version: now.version };
      });
      gate = ready.catch(() => {});
      const { policy, version } = await ready;
      try {
        return await work(policy, version);
      } finally {
        if (--atWork === 0) whenIdle();
      }
    },
    async close() {
      await running?.engine.close();
    },
  };
}

/** What it samples carries the trainer's version of the weights: the engine counts its own loads. */
function policyOf({ engine, tokenizer, version }: Running): RolloutPolicy {
  const model: CompletionModel = {
    id: engine.id,
    contextLength: engine.contextLength,
    async *complete(request) {
      for await (const event of engine.complete(request)) {
        if (event.type !== "generated") yield event;
        else yield { ...event, tokens: { ...event.tokens, versions: event.tokens.versions.map(() => version) } };
      }
    },
  };
  return { model, tokenizer };
}
