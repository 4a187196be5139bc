import type { VerdictView } from "../../../wire/tasks.js";
import { number } from "../../ui/format.js";
import { words } from "./words.js";

/** What an answer earned, part by part. */
export function Verdict({ verdict: { reward, outcome, error, parts } }: { verdict: VerdictView }) {
  const w = words();
  return (
    <section class="verdict" aria-label={w.verdict} aria-live="polite">
      <p>
        <span class={`badge ${outcome === "solved" ? "good" : "bad"}`}>{outcome}</span> {w.reward}{" "}
        <b>{reward === null ? w.unjudged : number(reward)}</b>
      </p>
      {error && <p class="error">{error}</p>}
      <table>
        <thead>
          <tr>
            <th>{w.part}</th>
            <th class="number">{w.score}</th>
            <th class="number">{w.weight}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ name, score, weight }) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="number">{score === null ? w.unjudged : number(score)}</td>
              <td class="number">{number(weight)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
