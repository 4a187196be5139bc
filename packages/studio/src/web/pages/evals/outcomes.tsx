import type { EvalSummary } from "../../../wire/evals.js";
import { percent } from "../../ui/format.js";
import { words } from "./words.js";

/** Three outcomes as one bar, with their counts. */
export function Outcomes({ run }: { run: EvalSummary }) {
  const w = words();
  const lost = Object.values(run.notMeasured).reduce((sum, count) => sum + count, 0);
  const parts = [
    { name: "right", count: run.right, label: w.right },
    { name: "wrong", count: run.wrong, label: w.wrong },
    { name: "lost", count: lost, label: w.notMeasured },
  ];
  return (
    <div class="outcomes">
      <div class="stack" aria-hidden="true">
        {parts.map(({ name, count }) => count > 0 && <i key={name} class={name} style={{ flexGrow: count }} />)}
      </div>
      <span class="small">
        {parts
          .filter(({ count, name }) => count > 0 || name !== "lost")
          .map(({ label, count }) => `${count} ${label}`)
          .join(", ")}
      </span>
    </div>
  );
}

/** The score with its interval on a line from 0 to 100 %. */
export function Interval({ run: { score, interval } }: { run: EvalSummary }) {
  const [low, high] = interval;
  return (
    <div class="interval">
      <svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
        <path class="rule" d="M0 6H100" />
        <path class="range" d={`M${100 * low} 6H${100 * high}`} />
        {score !== null && <path class="point" d={`M${100 * score} 1V11`} />}
      </svg>
      <span class="small">
        {percent(low)} – {percent(high)}
      </span>
    </div>
  );
}
