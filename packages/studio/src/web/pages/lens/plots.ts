/** The two pictures of a token in a layer: scores and mass along the context, and one against the other. */
import type { LensDetail } from "../../../wire/lens.js";
import type { Pen } from "./canvas.js";

/** Mass below it is drawn as if it were this. */
const LEAST_MASS = 1e-6;

/** Heat of every position, the highest of those that share a column of pixels. */
export function paintHeat(
  { draw, width, height, colour }: Pen,
  heat: Uint8Array,
  length: number,
  layers: number,
): void {
  const columns = new Float32Array(Math.ceil(width / 3));
  for (const [position, value] of heat.entries()) {
    const column = Math.floor((position * columns.length) / length);
    columns[column] = Math.max(columns[column]!, value);
  }
  draw.fillStyle = colour("heat");
  columns.forEach((value, i) => {
    const h = (value / layers) * (height - 2);
    draw.fillRect(i * 3, height - h, 2, h);
  });
  draw.fillStyle = colour("line");
  draw.fillRect(0, height - 1, width, 1);
}

/** Index scores up, attention mass down (by its square root: most of it is small); selected positions filled, others grey. */
export function paintStrip({ draw, width, height, colour }: Pen, { scores, mass, selected }: LensDetail): void {
  const count = mass.length;
  const middle = Math.round(height * 0.5);
  const chosen = new Set(selected);
  const bars = Math.max(1, Math.floor(width / 3));
  const most = (values: readonly number[]) => values.reduce((best, value) => Math.max(best, value), 1e-9);
  const [mostScore, mostMass] = [most(scores), Math.sqrt(most(mass))];
  const [filled, hollow] = [colour("heat"), colour("muted")];
  for (const wanted of [false, true]) {
    const up = new Float32Array(bars);
    const down = new Float32Array(bars);
    for (let t = 0; t < count; t++) {
      if ((selected.length === 0 || chosen.has(t)) !== wanted) continue;
      const bar = Math.floor((t * bars) / count);
      up[bar] = Math.max(up[bar]!, (scores[t] ?? 0) / mostScore);
      down[bar] = Math.max(down[bar]!, Math.sqrt(mass[t]!) / mostMass);
    }
    draw.fillStyle = wanted ? filled : hollow;
    for (let i = 0; i < bars; i++) {
      // What is not selected is drawn narrower: the difference must not hang on colour.
      const w = wanted ? 2.4 : 1;
      draw.fillRect(i * 3, middle - up[i]! * (middle - 4), w, up[i]! * (middle - 4));
      draw.fillRect(i * 3, middle, w, down[i]! * (middle - 4));
    }
  }
  draw.fillStyle = colour("quiet");
  draw.fillRect(0, middle - 0.5, width, 1);
}

/** Index score across, attention mass up (logarithmic): selected tokens as discs, others as crosses. */
export function paintScatter({ draw, width, height, colour }: Pen, { scores, mass, selected }: LensDetail): void {
  const chosen = new Set(selected);
  const [left, bottom, top, right] = [34, height - 20, 8, width - 8];
  const low = Math.min(0, ...scores);
  const high = Math.max(1e-9, ...scores);
  const x = (score: number) => left + ((score - low) / (high - low)) * (right - left);
  const y = (share: number) =>
    bottom - (1 - Math.log10(Math.max(share, LEAST_MASS)) / Math.log10(LEAST_MASS)) * (bottom - top);
  draw.font = "11px system-ui";
  draw.lineWidth = 1;
  for (const power of [0, -2, -4, -6]) {
    draw.fillStyle = colour("line");
    draw.fillRect(left, y(10 ** power), right - left, 1);
    draw.fillStyle = colour("quiet");
    draw.textAlign = "right";
    draw.fillText(power === 0 ? "1" : `10${superscript(power)}`, left - 4, y(10 ** power) + 4);
  }
  draw.textAlign = "left";
  draw.fillText(low.toPrecision(2), left, height - 5);
  draw.textAlign = "right";
  draw.fillText(high.toPrecision(3), right, height - 5);
  const least = selected.length > 0 ? Math.min(...selected.map((t) => scores[t]!)) : low;
  draw.strokeStyle = colour("quiet");
  draw.setLineDash([3, 3]);
  draw.beginPath();
  draw.moveTo(x(least), top);
  draw.lineTo(x(least), bottom);
  draw.stroke();
  draw.setLineDash([]);
  draw.strokeStyle = colour("muted");
  draw.beginPath();
  for (const [t, score] of scores.entries()) {
    if (selected.length === 0 || chosen.has(t)) continue;
    const [px, py] = [x(score), y(mass[t]!)];
    draw.moveTo(px - 2, py - 2);
    draw.lineTo(px + 2, py + 2);
    draw.moveTo(px - 2, py + 2);
    draw.lineTo(px + 2, py - 2);
  }
  draw.stroke();
  draw.fillStyle = colour("heat");
  draw.strokeStyle = colour("surface");
  for (const [t, score] of scores.entries()) {
    if (selected.length > 0 && !chosen.has(t)) continue;
    draw.beginPath();
    draw.arc(x(score), y(mass[t]!), 3, 0, 2 * Math.PI);
    draw.fill();
    draw.stroke();
  }
}

const superscript = (power: number) => `⁻${"⁰¹²³⁴⁵⁶⁷⁸⁹"[-power]}`;

/** How many of the tokens with most mass the indexer left out. */
export function missedOf({ mass, selected }: LensDetail): number {
  const best = [...mass.keys()].sort((a, b) => mass[b]! - mass[a]!).slice(0, selected.length);
  const chosen = new Set(selected);
  return best.filter((t) => !chosen.has(t)).length;
}
