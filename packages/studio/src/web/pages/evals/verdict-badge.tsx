import type { EvalSample } from "../../../wire/evals.js";
import { words } from "./words.js";

const KINDS = { right: "good", wrong: "bad", "not measured": "warn" } as const;
const SIGNS = { right: "✓", wrong: "✗", "not measured": "?" } as const;

/** A verdict by sign, word and colour. */
export function VerdictBadge({ sample: { verdict, reason } }: { sample: Pick<EvalSample, "verdict" | "reason"> }) {
  const w = words();
  const word = verdict === "not measured" ? w.notMeasured : w[verdict];
  return (
    <span class={`badge ${KINDS[verdict]}`}>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {word}
      {reason ? `: ${reason}` : ""}
    </span>
  );
}
