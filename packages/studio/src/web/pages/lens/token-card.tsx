import { percent } from "./layer-panel.js";
import type { LensPrompt, LensToken } from "./use-lens.js";
import { words } from "./words.js";

const shown = (text: string) => (text === "" ? "▫" : text.replace(/\n/g, "⏎").replace(/^ | $/g, "␣"));

/** The token of the step: how probable it was, and what else could have come. */
export function TokenCard({ token }: { token: LensToken }) {
  const w = words();
  return (
    <section class="card token-card">
      <p class="chosen-token">
        <code>{shown(token.text)}</code>
        <span>
          <strong>{percent(Math.exp(token.logprob))}</strong> {w.probability}
          <br />
          <span class="quiet">
            {w.logprob} {token.logprob.toFixed(2)} · id {token.id} · {w.position} {token.heat.length}
          </span>
        </span>
      </p>
      <h2>{w.alternatives}</h2>
      <ol class="alternatives">
        {token.top.slice(0, 5).map(({ text, logprob }) => (
          <li key={text} class={text === token.top[0]?.text ? "first" : ""}>
            <code>{shown(text)}</code>
            <meter min={0} max={1} value={Math.exp(logprob)} aria-label={`${w.probability}: ${shown(text)}`} />
            <span class="number">{percent(Math.exp(logprob))}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Which experts the token's row was sent to. */
export function Experts({ token, prompt: { layers, experts } }: { token: LensToken; prompt: LensPrompt }) {
  const w = words();
  const dense = layers - token.experts.length;
  return (
    <section class="card">
      <h2>{w.experts}</h2>
      <table class="experts">
        <tbody>
          {Array.from({ length: layers }, (_, layer) => {
            const chosen = token.experts[layer - dense];
            return (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {chosen && experts <= 64 ? (
                  Array.from({ length: experts }, (_, expert) => (
                    <td key={expert} class={chosen.includes(expert) ? "asked" : ""}>
                      {chosen.includes(expert) ? expert : "·"}
                    </td>
                  ))
                ) : (
                  <td class="quiet" colSpan={Math.max(1, Math.min(experts, 64))}>
                    {chosen?.join(" ") ?? w.none}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
