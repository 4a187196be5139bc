import { type Gate, shown } from "./gate.js";

/** An agent that does nothing must score 0: else the verifier asks for what is there already. */
export const noOp: Gate = {
  name: "no-op",
  description: "doing nothing scores 0",
  runs: true,
  async check(subject) {
    const verdict = await subject.untouched();
    if (verdict.reward === 0) return [];
    return [`doing nothing scores ${shown(verdict)}, not 0`];
  },
};
