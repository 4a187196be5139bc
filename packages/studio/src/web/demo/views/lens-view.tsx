import { useState } from "preact/hooks";
import type { LoadedModel } from "../model/model-state.js";
import { type SelectionHeat, selectionHeat } from "../selection-heat.js";
import { calls, type ModelCall } from "../talk.js";
import { tokensOfCall } from "../token-view.js";
import { words } from "../words.js";

/** Which tokens the lightning indexer selected, as heat over the context, for one generated token after the other. */
export function LensView({ model }: { model: LoadedModel }) {
  const w = words();
  const [chosen, setChosen] = useState<number>();
  const all = calls.value.flatMap((call) => call.tokens.ids.map((_, index) => ({ call, index })));
  const at = Math.min(chosen ?? 0, all.length - 1);
  const step = all[at];
  if (!step) return <p class="quiet">{w.lensEmpty}</p>;
  const { call, index } = step;
  const heat = selectionHeat(call.tokens, index);
  return (
    <section aria-label={w.lens}>
      <p>{w.lensIntro.replace("{k}", String(heat?.k ?? 256))}</p>
      <div class="row">
        <button type="button" aria-label={w.earlier} disabled={at === 0} onClick={() => setChosen(at - 1)}>
          ◀
        </button>
        <label class="slider">
          {w.token} {at + 1} {w.of} {all.length}
          <input
            type="range"
            min={0}
            max={all.length - 1}
            value={at}
            onInput={({ currentTarget }) => setChosen(Number(currentTarget.value))}
          />
        </label>
        <button type="button" aria-label={w.later} disabled={at === all.length - 1} onClick={() => setChosen(at + 1)}>
          ▶
        </button>
      </div>
      <Drawn call={call} index={index} />
      {heat ? <Selected heat={heat} /> : <p class="quiet">{w.noSelection}</p>}
      <Context model={model} call={call} index={index} heat={heat} />
    </section>
  );
}

/** The token and what could have been drawn in its place. */
function Drawn({ call, index }: { call: ModelCall; index: number }) {
  const w = words();
  const drawn = call.logprobs[index];
  if (!drawn) return null;
  const percent = (logprob: number) => `${(100 * Math.exp(logprob)).toFixed(1)} %`;
  return (
    <p class="row">
      <b>
        <code class="drawn">{JSON.stringify(drawn.token).slice(1, -1)}</code> {percent(drawn.logprob)}
      </b>
      <span class="quiet">{w.alternatives}:</span>
      {drawn.top
        .filter(({ token }) => token !== drawn.token)
        .map(({ token, logprob }) => (
          <span key={token}>
            <code>{JSON.stringify(token).slice(1, -1)}</code> {percent(logprob)}
          </span>
        ))}
    </p>
  );
}

function Selected({ heat }: { heat: SelectionHeat }) {
  const w = words();
  const cold = heat.layersAt.reduce((count, layers) => count + (layers === 0 ? 1 : 0), 0);
  return (
    <p class="quiet row">
      <span>{w.selectedBy}:</span>
      {heat.selected.map((count, layer) => (
        <span key={layer}>
          {w.layer} {layer}: {count} {w.of} {heat.layersAt.length}
        </span>
      ))}
      <span>
        {cold} {w.cold}
      </span>
    </p>
  );
}

function Context({
  model,
  call,
  index,
  heat,
}: {
  model: LoadedModel;
  call: ModelCall;
  index: number;
  heat: SelectionHeat | undefined;
}) {
  const now = call.tokens.promptIds.length + index;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboards scroll it
    <div class="tokens lens" tabIndex={0}>
      {tokensOfCall(model.tokenizer, call)
        .slice(0, now + 1)
        .map(({ id, text }, position) => {
          const layers = heat?.layersAt[position] ?? 0;
          return (
            <span
              key={position}
              class={position === now ? "token now" : "token"}
              data-heat={position === now ? undefined : Math.round((5 * layers) / (heat?.layers ?? 1))}
              title={`${position}, ${id}: ${layers}/${heat?.layers ?? 0}`}
            >
              {text}
            </span>
          );
        })}
    </div>
  );
}
