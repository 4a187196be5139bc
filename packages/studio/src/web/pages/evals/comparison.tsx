import type { EvalComparison } from "../../../wire/evals.js";
import { number, percent } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { words } from "./words.js";

/** The paired difference: what problems have in common cancels out. */
export function Comparison({ id, other }: { id: string; other: string }) {
  const w = words();
  const { value, error } = useResource<EvalComparison>(
    `evals/${encodeURIComponent(id)}/against/${encodeURIComponent(other)}`,
  );
  if (error) return <p class="error">{error}</p>;
  if (!value) return null;
  const { difference, interval, problems, apart, flipped, scores } = value;
  const [low, high] = interval;
  const signed = (share: number) => `${share > 0 ? "+" : ""}${percent(share)}`;
  return (
    <section class="comparison" aria-label={w.difference}>
      <dl class="cards">
        <div>
          <dt>{w.difference}</dt>
          <dd>{signed(difference)}</dd>
        </div>
        <div>
          <dt>{w.interval}</dt>
          <dd>
            {signed(low)} – {signed(high)}
            {low <= 0 && high >= 0 && <div class="quiet small">{w.holdsZero}</div>}
          </dd>
        </div>
        <div>
          <dt>{w.score}</dt>
          <dd>
            {percent(scores[0])} → {percent(scores[1])}
          </dd>
        </div>
        <div>
          <dt>{w.shared}</dt>
          <dd>
            {number(problems)} <span class="quiet small">{apart > 0 && `${number(apart)} ${w.apart}`}</span>
          </dd>
        </div>
      </dl>
      {flipped.length > 0 && (
        <details open={flipped.length <= 12}>
          <summary>
            {w.flips}: {number(flipped.length)}
          </summary>
          <ul class="flips">
            {flipped.map(({ item, from }) => (
              <li key={item}>
                <span class={`badge ${from === "right" ? "bad" : "good"}`}>{from === "right" ? w.lost : w.won}</span>{" "}
                {item}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
