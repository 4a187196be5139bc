import type { EvalSample } from "../../../wire/evals.js";
import { BASE } from "../../shell/router.js";
import { number } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { VerdictBadge } from "./verdict-badge.js";
import { words } from "./words.js";

export function SampleTable({ id, samples }: { id: string; samples: readonly EvalSample[] }) {
  const w = words();
  return (
    <Scroll label={w.samples}>
      <table class="wide">
        <thead>
          <tr>
            <th>{w.problem}</th>
            <th>{w.verdict}</th>
            <th>{w.answer}</th>
            <th>{w.gold}</th>
            <th class="number">{w.tokens}</th>
            <th class="number">{w.seconds}</th>
          </tr>
        </thead>
        <tbody>
          {samples.map((sample) => (
            <tr key={sample.n}>
              <td>
                <a href={`${BASE}/evals/${encodeURIComponent(id)}/${sample.n}`}>{sample.item}</a>
                {sample.sample > 0 && <span class="quiet"> #{sample.sample + 1}</span>}
              </td>
              <td>
                <VerdictBadge sample={sample} />
              </td>
              <td class="clip">{sample.answer?.slice(0, 80) ?? <span class="quiet">{w.noAnswer}</span>}</td>
              <td class="clip">{sample.gold.slice(0, 80)}</td>
              <td class="number">{number(sample.tokens)}</td>
              <td class="number">{number(sample.seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
