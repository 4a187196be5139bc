import type { Metrics } from "../../../wire/training.js";
import { percent } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { words } from "./words.js";

/** Share of a layer's tokens that each expert got: a heat map with its numbers. */
export function ExpertLoad({ stage, step, load }: NonNullable<Metrics["expertLoad"]>) {
  const w = words();
  const most = Math.max(...load.flat());
  return (
    <section>
      <h2>
        {w.load} · {stage}, {w.step.toLowerCase()} {step}
      </h2>
      <Scroll label={w.load}>
        <table class="heat">
          <tbody>
            {load.map((experts, layer) => (
              <tr key={layer}>
                <th scope="row">
                  {w.layer} {layer}
                </th>
                {experts.map((share, i) => (
                  <td
                    key={i}
                    style={{
                      background: `color-mix(in srgb, var(--accent) ${Math.round((45 * share) / most)}%, transparent)`,
                    }}
                  >
                    {percent(share)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
