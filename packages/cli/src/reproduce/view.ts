/** Progress of the pipeline: steps done, what the running one is at, time left. One line on a terminal, plain lines elsewhere. */

import { duration } from "../duration.js";
import { err } from "../terminal/output.js";
import { dim, green, text } from "../terminal/styled-text.js";
import type { StepRecord } from "./run-directory.js";
import type { Step, StepProgress } from "./step.js";

export interface PipelineView {
  begin(wanted: readonly Step[], done: readonly Step[]): void;
  step(step: Step): StepProgress;
  finished(step: Step, record: StepRecord): void;
  end(): void;
}

/** @param minutes of each step as they were measured once, on another machine perhaps: time left is told by what they cost here */
export function createView(minutes: Readonly<Record<string, number>>): PipelineView {
  let wanted: readonly Step[] = [];
  let left: Step[] = [];
  /** Minutes of steps finished by this process, as they were measured and as they were here. */
  const measured = { expected: 0, spent: 0 };
  const timeLeft = (spent: number, share: number | undefined): string => {
    const expected = left.slice(1).reduce((sum, { name }) => sum + (minutes[name] ?? 1), 0);
    const pace = measured.expected > 0 ? measured.spent / measured.expected : 1;
    const [current] = left;
    const own = share ? (spent * (1 - share)) / share : Math.max(0, pace * (minutes[current?.name ?? ""] ?? 1) - spent);
    return duration(60 * (own + pace * expected));
  };
  return {
    begin(steps, done) {
      wanted = steps;
      left = steps.filter((step) => !done.includes(step));
      if (left.length < steps.length)
        err.print(text`${dim(`${steps.length - left.length} of ${steps.length} steps are done already`)}\n`);
    },
    step(step) {
      const began = Date.now();
      const number = `${wanted.indexOf(step) + 1}/${wanted.length}`;
      if (!err.isTerminal) err.print(`[${number}] ${step.title}\n`);
      return {
        at(what, done, total) {
          const share = done !== undefined && total ? done / total : undefined;
          const count = share === undefined ? "" : ` ${done} of ${total}`;
          const line = `[${number}] ${step.name}: ${what}${count}, ${timeLeft((Date.now() - began) / 60_000, share)} left`;
          err.status(line);
        },
        note(line) {
          err.status("");
          err.print(text`${dim(`  ${line}`)}\n`);
        },
      };
    },
    finished(step, { seconds, interruptions }) {
      err.status("");
      const resumed = interruptions === 0 ? "" : `, resumed ${interruptions} times`;
      err.print(text`${green("done")}  ${step.name}  ${dim(`${duration(seconds)}${resumed}`)}\n`);
      measured.expected += minutes[step.name] ?? 1;
      measured.spent += seconds / 60;
      left = left.filter((one) => one !== step);
    },
    end: () => err.status(""),
  };
}
