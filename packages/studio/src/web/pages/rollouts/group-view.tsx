import { useState } from "preact/hooks";
import type { RolloutGroup, RolloutTokens } from "../../../wire/rollouts.js";
import { number } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { COLOURINGS, type Colouring, TokenText } from "./token-text.js";
import { words } from "./words.js";

/** Rollouts of one task beside each other: what each earned, and what it learns from that. */
export function GroupView({ path, file, group }: { path: string; file: string; group: RolloutGroup }) {
  const w = words();
  const [open, setOpen] = useState(false);
  const [colouring, setColouring] = useState<Colouring>("mask");
  const tokens = useResource<RolloutTokens>(
    open ? `${path}/tokens?file=${encodeURIComponent(file)}&group=${encodeURIComponent(group.group)}` : "",
  );
  const largest = Math.max(1e-9, ...group.rollouts.map(({ advantage }) => Math.abs(advantage ?? 0)));
  const { taskset, level, mode } = group.task;
  const hasRatios = tokens.value?.rollouts.some(({ sequences }) => sequences.some(({ ratios }) => ratios));
  return (
    <section class="group" aria-label={group.group}>
      <h2>
        {taskset} <span class="quiet">{`${w.level} ${level}, ${mode}`}</span>
      </h2>
      <div class="bar">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? w.hide : w.show}
        </button>
        {open && (
          <label>
            {w.colour}
            <select value={colouring} onChange={({ currentTarget }) => setColouring(currentTarget.value as Colouring)}>
              {COLOURINGS.map((name) => (
                <option key={name} value={name}>
                  {w[name]}
                </option>
              ))}
            </select>
          </label>
        )}
        {open && colouring === "ratio" && tokens.value && !hasRatios && <span class="quiet small">{w.noRatio}</span>}
      </div>
      {open && <p class="quiet small">{tokens.value?.decoded === false ? w.ids : w.hint}</p>}
      {tokens.error && <p class="error">{tokens.error}</p>}
      <div class="samples">
        {group.rollouts.map((rollout) => (
          <article key={rollout.id} class="sample">
            <header>
              <span
                class={`badge ${rollout.outcome === "solved" ? "good" : rollout.outcome === "failed" ? "bad" : "warn"}`}
              >
                {rollout.outcome}
              </span>{" "}
              <span class="quiet small">
                {number(rollout.tokens)} {w.tokens}, {number(rollout.turns)} {w.turns}
              </span>
            </header>
            <Advantage value={rollout.advantage} largest={largest} />
            <dl class="parts">
              <dt>{w.reward}</dt>
              <dd>{rollout.reward === null ? w.unjudged : number(rollout.reward)}</dd>
              {Object.entries(rollout.rewards).map(([name, value]) => (
                <>
                  <dt key={name}>{name}</dt>
                  <dd>{value === null ? w.unjudged : number(value)}</dd>
                </>
              ))}
            </dl>
            {rollout.error && <p class="error small">{rollout.error}</p>}
            {open &&
              tokens.value?.rollouts
                .find(({ id }) => id === rollout.id)
                ?.sequences.map((sequence, i) => <TokenText key={i} sequence={sequence} colouring={colouring} />)}
          </article>
        ))}
      </div>
    </section>
  );
}

/** To the right what becomes likelier, to the left what becomes less likely. */
function Advantage({ value, largest }: { value: number | null; largest: number }) {
  const w = words();
  const share = (50 * Math.abs(value ?? 0)) / largest;
  const side = (value ?? 0) >= 0 ? { left: "50%" } : { right: "50%" };
  return (
    <div class="advantage">
      <span class="small">
        {w.advantage} {value === null ? "–" : `${value > 0 ? "+" : ""}${number(value)}`}
      </span>
      <div class="axis" aria-hidden="true">
        <i class={(value ?? 0) >= 0 ? "up" : "down"} style={{ ...side, width: `${share}%` }} />
      </div>
    </div>
  );
}
