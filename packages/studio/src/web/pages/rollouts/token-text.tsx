import { useState } from "preact/hooks";
import type { RolloutTokens } from "../../../wire/rollouts.js";
import { number } from "../../ui/format.js";
import { words } from "./words.js";

export const COLOURINGS = ["mask", "surprise", "ratio", "kept"] as const;
export type Colouring = (typeof COLOURINGS)[number];

type Sequence = RolloutTokens["rollouts"][number]["sequences"][number];

/** Strength of a token's shade, from 0 to 1. */
const STRENGTHS: Readonly<Record<Colouring, (sequence: Sequence, i: number) => number>> = {
  mask: () => 0.5,
  surprise: ({ rawLogprobs }, i) => Math.min(1, -(rawLogprobs[i] ?? 0) / 4),
  ratio: ({ ratios }, i) => Math.min(1, 5 * Math.abs(Math.log(ratios?.[i] ?? 1))),
  kept: ({ kept }, i) => Math.min(1, Math.log2(1 + (kept?.[i] ?? 0)) / 8),
};

/** A sequence as text, a token at a time: sampled ones underlined and shaded, with their numbers for the one in focus. */
export function TokenText({ sequence, colouring }: { sequence: Sequence; colouring: Colouring }) {
  const w = words();
  const [at, setAt] = useState<number>();
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(sequence.texts.length - 1, (at ?? -1) + by)));
  };
  return (
    <div class="token-text">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys step through the tokens */}
      {/* biome-ignore lint/a11y/useKeyWithMouseEvents: the keyboard has arrow keys */}
      <div
        class="text mono tokens"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys step through the tokens
        tabIndex={0}
        onKeyDown={move}
        onMouseOver={({ target }) => {
          const index = (target as HTMLElement).dataset.at;
          if (index !== undefined) setAt(Number(index));
        }}
      >
        {sequence.texts.map((text, i) =>
          sequence.sampled[i] ? (
            <span
              key={i}
              data-at={i}
              class={`token${i === at ? " here" : ""}${sequence.dropped?.[i] ? " dropped" : ""}`}
              style={{
                background: `color-mix(in srgb, var(--accent) ${Math.round(38 * STRENGTHS[colouring](sequence, i))}%, transparent)`,
              }}
            >
              {text}
            </span>
          ) : (
            <span key={i} data-at={i} class={i === at ? "here" : undefined}>
              {text}
            </span>
          ),
        )}
        {sequence.omitted > 0 && ` … +${number(sequence.omitted)} ${w.omitted}`}
      </div>
      <p class="quiet small facts" aria-live="polite">
        {at === undefined
          ? [sequence.routed && w.routed, sequence.selected && w.selected].filter(Boolean).join(", ")
          : factsOf(sequence, at)}
      </p>
    </div>
  );
}

function factsOf(sequence: Sequence, at: number): string {
  const w = words();
  const { texts, sampled, logprobs, rawLogprobs, kept, ratios, dropped } = sequence;
  const fact = (name: string, value: number | null | undefined) =>
    value === null || value === undefined ? "" : `${name} ${number(value)}`;
  return [
    `${w.token} ${at + 1} ${JSON.stringify(texts[at])}`,
    sampled[at] ? w.sampled : w.read,
    fact("log p", logprobs[at]),
    fact("log p (T = 1)", rawLogprobs[at]),
    sampled[at] ? fact(w.kept, kept?.[at]) : "",
    fact(w.ratio, ratios?.[at]),
    dropped?.[at] ? w.dropped : "",
  ]
    .filter(Boolean)
    .join(" · ");
}
