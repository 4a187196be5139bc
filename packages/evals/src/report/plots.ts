/** Plots of a run as SVG, without scripts. */

import type { TokenCurve } from "../score/token-curve.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [560, 240, 48, 32];
const x = (share: number): number => LEFT + share * (WIDTH - LEFT - 12);
const y = (share: number): number => HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 12);

function frame(content: string, label: string, largest: number): string {
  const lines = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - 12}" y1="${y(share)}" y2="${y(share)}"/><text x="${LEFT - 6}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`,
  );
  const ticks = [0, 0.5, 1].map(
    (share) =>
      `<text x="${x(share)}" y="${HEIGHT - 12}" text-anchor="middle">${Math.round(share * largest).toLocaleString("en-US")}</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${lines.join("")}${ticks.join("")}${content}</svg>`;
}

/** Steps up wherever a right answer ended. */
export function tokenCurvePlot({ points }: TokenCurve): string {
  const largest = Math.max(1, points.at(-1)!.tokens);
  const path = points
    .map(({ tokens, solved }, i) => (i === 0 ? `M${x(0)} ${y(0)}` : `H${x(tokens / largest)}V${y(solved)}`))
    .join("");
  return frame(`<path class="line" d="${path}"/>`, "share solved against output tokens", largest);
}

/** Shares of all samples by their length. */
export function tokenHistogram(tokens: readonly number[]): string {
  const largest = Math.max(1, ...tokens);
  const bins = Array.from({ length: 20 }, () => 0);
  for (const count of tokens) bins[Math.min(19, Math.floor((20 * count) / largest))]!++;
  const most = Math.max(...bins, 1) / Math.max(tokens.length, 1);
  const bars = bins.map((count, i) => {
    const share = count / Math.max(tokens.length, 1);
    return `<rect class="bar" x="${x(i / 20) + 1}" width="${x(1 / 20) - x(0) - 2}" y="${y(share)}" height="${y(0) - y(share)}"><title>${count}</title></rect>`;
  });
  return most === 0 ? "" : frame(bars.join(""), "answers by output tokens", largest);
}

/** One bar: right, wrong, and each reason of what was not measured. */
export function outcomeBar(parts: readonly { name: string; count: number }[]): string {
  const all = Math.max(
    1,
    parts.reduce((sum, { count }) => sum + count, 0),
  );
  return `<div class="outcomes">${parts
    .filter(({ count }) => count > 0)
    .map(
      ({ name, count }) =>
        `<span class="${name.replace(/ /g, "-")}" style="flex:${count / all}">${name} ${count}</span>`,
    )
    .join("")}</div>`;
}
