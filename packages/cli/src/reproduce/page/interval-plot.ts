/** Dot plot of shares with their confidence intervals, and a step curve: SVG documents that carry their own styles. */

export interface IntervalRow {
  label: string;
  /** A share, 0 to 1. */
  value: number;
  interval: readonly [low: number, high: number];
  /** Rows of one colour; default the first. */
  series?: number;
}

const COLOURS = ["#2a6fd1", "#d9722e", "#14966b", "#8a4fbf", "#b8890b", "#c2416b"];
const [WIDTH, LEFT, RIGHT, ROW, TOP] = [860, 250, 70, 22, 30];
const x = (share: number): number => LEFT + share * (WIDTH - LEFT - RIGHT);
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** One row each, on an axis from 0 to 100 %. */
export function intervalPlot(title: string, rows: readonly IntervalRow[]): string {
  const height = TOP + rows.length * ROW + 26;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="${x(share)}" x2="${x(share)}" y1="${TOP}" y2="${height - 22}" stroke="#e6e4df"/><text x="${x(share)}" y="${height - 8}" text-anchor="middle" fill="#6a6863">${100 * share} %</text>`,
  );
  const marks = rows.map(({ label, value, interval: [low, high], series = 0 }, i) => {
    const y = TOP + i * ROW + ROW / 2;
    const colour = COLOURS[series % COLOURS.length]!;
    return (
      `<text x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${escaped(label)}</text><line x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="3" opacity=".45"/>` +
      `<circle cx="${x(value)}" cy="${y}" r="4.5" fill="${colour}"/><text x="${WIDTH - RIGHT + 12}" y="${y + 4}">${(100 * value).toFixed(1)} %</text>`
    );
  });
  return svg(title, height, [...grid, ...marks]);
}

export interface StepCurve {
  label: string;
  points: readonly { tokens: number; solved: number }[];
}

/** Shares solved against output tokens, a line each; the vertical axis ends at the largest share. */
export function curvePlot(title: string, curves: readonly StepCurve[]): string {
  const [height, bottom] = [260, 226];
  const most = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ tokens }) => tokens)));
  const highest = Math.max(0.01, ...curves.flatMap(({ points }) => points.map(({ solved }) => solved)));
  const y = (solved: number) => bottom - (solved / highest) * (bottom - TOP);
  const left = (tokens: number) => 60 + (tokens / most) * (WIDTH - 260);
  const axis = [0, 0.5, 1].flatMap((share) => [
    `<line x1="60" x2="${WIDTH - 200}" y1="${y(share * highest)}" y2="${y(share * highest)}" stroke="#e6e4df"/><text x="52" y="${y(share * highest) + 4}" text-anchor="end" fill="#6a6863">${(100 * share * highest).toFixed(1)} %</text>`,
    `<text x="${left(share * most)}" y="${height - 14}" text-anchor="middle" fill="#6a6863">${Math.round(share * most)}</text>`,
  ]);
  const lines = curves.map(({ label, points }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const path = points.map(
      ({ tokens, solved }, at) => `${at === 0 ? "M" : "H"}${left(tokens)}${at === 0 ? " " : "V"}${y(solved)}`,
    );
    return `<path d="${path.join("")}" fill="none" stroke="${colour}" stroke-width="2"/><text x="${WIDTH - 186}" y="${TOP + 12 + i * 18}" fill="${colour}">${escaped(label)}</text>`;
  });
  return svg(title, height, [...axis, ...lines]);
}

function svg(title: string, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img"><title>${escaped(title)}</title><style>text{font:12px system-ui,sans-serif;fill:#2b2a28}</style><rect width="100%" height="100%" fill="#fff"/><text x="14" y="18" style="font-weight:600">${escaped(title)}</text>${parts.join("")}</svg>`;
}
