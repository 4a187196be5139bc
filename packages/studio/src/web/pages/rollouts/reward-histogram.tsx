import type { RolloutGroup } from "../../../wire/rollouts.js";
import { number } from "../../ui/format.js";
import { words } from "./words.js";

const BINS = 12;

/** How many rollouts earned how much; a bar chosen shows the groups that have such a rollout. */
export function RewardHistogram({
  groups,
  range,
  onRange,
}: {
  groups: readonly RolloutGroup[];
  range: readonly [number, number];
  onRange(range: [number, number]): void;
}) {
  const w = words();
  const rewards = groups.flatMap(({ rollouts }) => rollouts.flatMap(({ reward }) => reward ?? []));
  if (rewards.length === 0) return null;
  const [low, high] = [Math.min(...rewards), Math.max(...rewards)];
  const width = (high - low || 1) / BINS;
  const bins = Array.from({ length: BINS }, (_, i) => [low + i * width, low + (i + 1) * width] as [number, number]);
  const counts = bins.map(
    (_, i) => rewards.filter((reward) => Math.min(BINS - 1, Math.floor((reward - low) / width)) === i).length,
  );
  const most = Math.max(...counts);
  return (
    <fieldset class="histogram">
      <legend class="quiet small">{w.histogram}</legend>
      {bins.map((bin, i) => {
        const chosen = range[0] === bin[0] && range[1] === bin[1];
        const text = `${number(bin[0], 2)} – ${number(bin[1], 2)}: ${counts[i]} ${w.rollouts}`;
        return (
          <button
            key={bin[0]}
            type="button"
            title={text}
            aria-label={text}
            aria-pressed={chosen}
            disabled={counts[i] === 0}
            onClick={() => onRange(chosen ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : bin)}
          >
            <i style={{ height: `${(56 * counts[i]!) / most}px` }} />
            <span>{number(bin[0], 2)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
