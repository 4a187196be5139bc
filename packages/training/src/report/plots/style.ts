import type { Config } from "vega-lite";
import type { LoadedRun } from "../load-run.js";

/** Told apart with the common colour-vision deficiencies too, dark enough on white. */
export const SERIES_COLOURS = ["#2a6fd1", "#d9722e", "#14966b", "#8a4fbf", "#b8890b", "#c2416b", "#4b8a96", "#6b6b6b"];

/** Cards are half or the full width of the page, in pixels. */
export const HALF_WIDTH = 470;
export const FULL_WIDTH = 980;
export const HEIGHT = 290;

/** One colour per stage of the recipe, the same in every plot; the domain names only `present` stages. */
export function stageColours(run: LoadedRun, present: readonly string[]) {
  const all = run.stages.map(({ stage }) => stage.name);
  const domain = all.filter((name) => present.includes(name));
  return { domain, range: domain.map((name) => SERIES_COLOURS[all.indexOf(name) % SERIES_COLOURS.length]!) };
}

const ink = "#2b2a28";
const quiet = "#6a6863";
const hairline = "#e6e4df";

/** Looks shared by all plots: a white card, quiet axes, no per-mark ARIA (a title and a description serve instead). */
export const plotConfig: Config = {
  aria: false,
  background: "#ffffff",
  font: "system-ui, -apple-system, sans-serif",
  padding: 12,
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "group",
    color: ink,
    fontSize: 15,
    fontWeight: 600,
    subtitleColor: quiet,
    subtitleFontSize: 12,
    offset: 12,
  },
  axis: {
    labelColor: quiet,
    titleColor: quiet,
    titleFontWeight: "normal",
    labelFontSize: 11,
    titleFontSize: 11,
    gridColor: hairline,
    domainColor: "#bdbab3",
    tickColor: "#bdbab3",
    labelOverlap: true,
  },
  header: { labelColor: ink, labelFontSize: 12, labelAnchor: "start", title: null },
  legend: {
    orient: "top",
    title: null,
    labelColor: ink,
    labelFontSize: 12,
    symbolType: "stroke",
    symbolStrokeWidth: 3,
    symbolOpacity: 1,
    offset: 6,
  },
  line: { strokeJoin: "round", strokeCap: "round" },
};
