import type { FunnelView } from "../../../wire/tasks.js";
import { number } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { words } from "./words.js";

/** What became of the seeds, stage by stage, with a reason for all that was left out. */
export function Funnel({ funnel }: { funnel: FunnelView }) {
  const w = words();
  const most = Math.max(1, ...funnel.stages.map(({ entered }) => entered));
  return (
    <section class="funnel">
      <h3>
        {funnel.path}{" "}
        <span class="quiet small">
          {funnel.pipeline}: {number(funnel.seeds)} {w.seeds} → {number(funnel.kept)} {w.kept}
        </span>
      </h3>
      <Scroll label={funnel.path}>
        <table class="wide">
          <thead>
            <tr>
              <th>{w.stage}</th>
              <th class="number">{w.entered}</th>
              <th class="number">{w.passed}</th>
              <th class="wide-bar">{w.share}</th>
              <th>{w.dropped}</th>
            </tr>
          </thead>
          <tbody>
            {funnel.stages.map(({ name, entered, passed, drops }) => (
              <tr key={name}>
                <td>{name}</td>
                <td class="number">{number(entered)}</td>
                <td class="number">{number(passed)}</td>
                <td>
                  <div class="passed">
                    <i style={{ width: `${(100 * passed) / most}%` }} />
                    <i class="left-out" style={{ width: `${(100 * Math.max(0, entered - passed)) / most}%` }} />
                  </div>
                </td>
                <td class="small">
                  {Object.entries(drops)
                    .sort(([, a], [, b]) => b - a)
                    .map(([reason, count]) => `${reason} ${count}`)
                    .join(", ") || "–"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
