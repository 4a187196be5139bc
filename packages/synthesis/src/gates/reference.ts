import { diffSnapshots } from "@cachalot/sandbox";
import { solve } from "../harbor/attempt.js";
import { type Gate, shown } from "./gate.js";

/** The reference solution must score 1, and again when everything is run a second time. */
export const reference: Gate = {
  name: "reference",
  description: "the reference solution scores 1, twice",
  runs: true,
  async check(subject) {
    const { task } = subject;
    const first = await subject.oracle();
    if (first.reward !== 1) {
      const { result } = await subject.solved();
      const how = result.ended === "exit" ? `exit code ${result.exitCode}` : result.ended;
      const said = `${first.said || result.stderr}`.trim().slice(-300);
      return [`the reference solution (${how}) scores ${shown(first)}, not 1${said ? `: ${said}` : ""}`];
    }
    const again = await solve(await subject.built(), task);
    // The verdict over the same files is the flake gate's matter.
    if (diffSnapshots((await subject.solved()).snapshot, again.snapshot).length === 0) return [];
    const second = await subject.grade(again.snapshot);
    return second.reward === 1 ? [] : [`the reference solution scores 1, and ${shown(second)} when it is run again`];
  },
};
