/** Re-check of a sample in the sandbox: whether real Python agrees with the interpreter that judged a run in this process. */

import { sandboxUnavailableReason } from "@cachalot/agent";
import { hashText } from "@cachalot/tensor";
import { evaluateInSandbox } from "../programs/python/in-sandbox.js";
import type { FinishedRollout, Reward } from "../reward.js";
import type { JudgedProgram, Taskset } from "../taskset.js";

/** The part of a rubric that it is: 1 where both agree, 0 where not, null where the run was not re-checked. */
export const SANDBOX_RECHECK = "sandbox";

/**
 * Earns nothing: it is only reported. Which runs are re-checked depends on their task and what was said, so that answers to one task
 * are not all taken.
 *
 * @param share of the runs, from 0 to 1
 */
export function sandboxRecheck<D>(programOf: NonNullable<Taskset<D>["program"]>, share: number): Reward<D> {
  return {
    name: SANDBOX_RECHECK,
    weight: 0,
    async score(run, { correct = null }) {
      const judged = isSampled(run, share) ? programOf(run) : undefined;
      if (!judged || correct === null || (await withoutSandbox())) return null;
      return Number((await isRight(judged)) === correct >= 1);
    },
  };
}

function isSampled({ task, messages }: FinishedRollout<unknown>, share: number): boolean {
  return hashText(`recheck ${task.key} ${JSON.stringify(messages.at(-1))}`) / 2 ** 32 < share;
}

async function isRight({ examples, ...code }: JudgedProgram): Promise<boolean> {
  const outcomes = await evaluateInSandbox(examples.map(({ input }) => ({ ...code, x: input })));
  return examples.every(({ output }, i) => JSON.stringify(outcomes[i]?.value) === JSON.stringify(output));
}

let unavailable: Promise<string | undefined> | undefined;

/** Why there is no sandbox on this machine; looked for once. */
export function withoutSandbox(): Promise<string | undefined> {
  unavailable ??= sandboxUnavailableReason();
  return unavailable;
}
