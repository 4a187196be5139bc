import { number } from "../../ui/format.js";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { useTick } from "../../ui/use-tick.js";
import { LongText } from "./block-view.js";
import { words } from "./words.js";

/** Reasoning, folded: how long and how much; the text only when it is opened. */
export function Thinking({
  text,
  tokens,
  seconds,
  since,
}: {
  text: string;
  tokens: number | undefined;
  seconds: number | undefined;
  /** When it began, while it goes on. */
  since?: number | undefined;
}) {
  const w = words();
  const now = useTick(since === undefined ? undefined : 1000);
  const lasted = since === undefined ? seconds : Math.max(0, Math.round((now - since) / 1000));
  const facts = [
    lasted === undefined ? undefined : `${lasted.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${w.seconds}`,
    tokens ? `${number(tokens)} ${w.tokens}` : undefined,
  ].filter(Boolean);
  return (
    <details class="thinking">
      <summary class={since === undefined ? undefined : "busy"}>
        <Icon shapes={icons.thought} />
        <span>{since === undefined ? w.thoughtFor : `${w.thinking}…`}</span>
        <span class="facts">{facts.join(" · ")}</span>
      </summary>
      <LongText text={text} />
    </details>
  );
}
