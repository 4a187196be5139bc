import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { number } from "../../ui/format.js";
import { percent } from "./layer-panel.js";
import { changeOf, classOf, keptShare, type Mode, type Shown } from "./levels.js";
import { TokenList } from "./token-list.js";
import { words } from "./words.js";

const MODES: readonly [mode: Mode, name: "heat" | "oneLayer" | "cold" | "difference"][] = [
  ["heat", "heat"],
  ["layer", "oneLayer"],
  ["cold", "cold"],
  ["difference", "difference"],
];

interface ContextViewProps {
  shown: Shown;
  layer: number;
  texts: readonly string[];
  promptTokens: number;
  topk: number | undefined;
  pinnedStep: number | undefined;
  /** Pointed at elsewhere. */
  position: number | undefined;
  onMode(mode: Mode): void;
  onPin(): void;
  onPosition(position: number | undefined): void;
  children: ComponentChildren;
}

/** The context as text, each token filled from below by how many layers selected it. */
export function ContextView(props: ContextViewProps) {
  const w = words();
  const { shown, layer, texts, promptTokens, position, onMode, onPosition, children } = props;
  const cursor = useSignal(0);
  const selected = new Set(shown.detail?.selected);
  const pointed = position ?? cursor.value;
  const say = (i: number) => describe(shown, selected, layer, i, texts[i] ?? "");
  return (
    <section class="card context">
      <div class="row">
        <h2>{w.context}</h2>
        <fieldset class="choice">
          <legend class="hidden">{w.show}</legend>
          {MODES.map(([mode, name]) => (
            <label key={mode}>
              <input type="radio" name="mode" checked={shown.mode === mode} onChange={() => onMode(mode)} />
              <span>
                {w[name]}
                {mode === "layer" ? ` ${layer}` : ""}
              </span>
            </label>
          ))}
        </fieldset>
        <button type="button" onClick={props.onPin}>
          {w.compareWith}
        </button>
      </div>
      {children}
      <Legend {...props} />
      <p class="readout" aria-live="polite">
        {say(pointed)}
      </p>
      <TokenList
        id="context"
        label={w.context}
        texts={texts}
        classOf={(i) =>
          `${classOf(shown, selected, i)}${i >= promptTokens ? " own" : ""}${i === position ? " pointed" : ""}`
        }
        titleOf={say}
        active={cursor.value}
        jump={12}
        onActive={(index) => {
          cursor.value = index;
        }}
        onHover={onPosition}
        follow
      />
    </section>
  );
}

function describe(shown: Shown, selected: ReadonlySet<number>, layer: number, i: number, text: string): string {
  const w = words();
  const { token, layers, detail, pinned } = shown;
  const name = `${i} “${text.replace(/\n/g, "⏎")}”`;
  if (!token || i >= token.heat.length) return name;
  const parts = [`${name} · ${w.by} ${token.heat[i]} ${w.of} ${layers} ${w.layers}`];
  if (detail && i < detail.mass.length) {
    const state = selected.size === 0 || selected.has(i) ? w.selected : w.notSelected;
    const score = detail.scores[i] === undefined ? "" : ` · ${w.scores} ${detail.scores[i]!.toPrecision(3)}`;
    parts.push(`${w.layer} ${layer}: ${state}${score} · ${w.mass} ${percent(detail.mass[i]!)}`);
  }
  if (pinned) {
    const change = changeOf(shown, i);
    parts.push(`${change > 0 ? "+" : ""}${change}`);
  }
  return parts.join(" · ");
}

function Legend({ shown, topk, layer, pinnedStep, promptTokens }: ContextViewProps) {
  const w = words();
  const { mode, layers, token, total } = shown;
  if (token?.dense)
    return (
      <p class="quiet legend">
        {w.dense} {topk && `(${token.heat.length} ≤ ${topk})`}
      </p>
    );
  if (mode === "layer")
    return (
      <p class="legend">
        <span class="t chosen">abc</span> {w.selectedHere} {layer}
      </p>
    );
  if (mode === "cold") {
    const count = total.slice(0, promptTokens).reduce((sum, heat) => sum + Number(heat === 0), 0);
    return (
      <p class="legend">
        <span class="t cold">abc</span> {w.neverSelected}: <strong>{number(count)}</strong> {w.of}{" "}
        {number(promptTokens)}
      </p>
    );
  }
  if (mode === "difference")
    return pinnedStep === undefined ? (
      <p class="quiet legend">{w.noStep}</p>
    ) : (
      <p class="legend">
        <span class="t more c3">abc</span> ▲ {w.more} <span class="t fewer c3">abc</span> ▼ {w.fewer} {w.step}{" "}
        {pinnedStep + 1} · {percent(keptShare(shown))} {w.same}
      </p>
    );
  return (
    <p class="legend">
      {Array.from({ length: layers + 1 }, (_, count) =>
        layers > 10 && count % Math.ceil(layers / 5) > 0 ? null : (
          <span key={count} class={`t h${Math.round((10 * count) / layers)}`}>
            &nbsp;{count}&nbsp;
          </span>
        ),
      )}{" "}
      {w.layersSelected}
    </p>
  );
}
