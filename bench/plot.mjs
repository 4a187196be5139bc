// Measurements as an SVG plot.
import { renameSync, writeFileSync } from "node:fs";
import { parse, View } from "vega";
import { compile } from "vega-lite";

const FONT = "system-ui, sans-serif";

/** Writes a plot of milliseconds by context length, a line per series, one panel per `work`. Both axes are logarithmic. */
export async function writeCostPlot(file, points, { title, subtitle }) {
  const spec = {
    title: { text: title, subtitle, anchor: "start", fontSize: 16, subtitleColor: "#555", subtitlePadding: 6 },
    background: "white",
    padding: 16,
    data: { values: points },
    facet: { column: { field: "work", type: "nominal", title: null, sort: null, header: { labelFontSize: 13 } } },
    spec: {
      width: 340,
      height: 280,
      mark: { type: "line", point: { size: 40 }, strokeWidth: 2.2 },
      encoding: {
        x: {
          field: "depth",
          type: "quantitative",
          title: "tokens of context",
          scale: { type: "log", base: 2 },
          axis: {
            values: [512, 2048, 8192, 32768, 131072],
            labelExpr: "datum.value >= 1024 ? datum.value / 1024 + 'K' : datum.value",
          },
        },
        y: {
          field: "milliseconds",
          type: "quantitative",
          title: "milliseconds",
          scale: { type: "log" },
          axis: { tickCount: 5, format: "~g" },
        },
        color: {
          field: "series",
          type: "nominal",
          title: null,
          sort: null,
          scale: { range: ["#0b5cad", "#d1495b", "#8a8d91", "#6a994e"] },
          legend: { orient: "bottom", symbolStrokeWidth: 3 },
        },
      },
    },
    resolve: { scale: { y: "independent" } },
    config: { font: FONT, view: { stroke: null }, axis: { gridColor: "#e8e8e8", domainColor: "#999" } },
  };
  await writeSvg(file, spec);
}

const STRATEGY_ORDER = ["none", "summary", "discard-75", "discard-all", "fewest steps of 4"];

/** Bars by context strategy: questions answered, steps, and tokens read, those a prefix cache had apart. */
export async function writeStrategyPlot(file, rows, { title, subtitle }) {
  const strategy = { field: "strategy", type: "nominal", sort: STRATEGY_ORDER, title: null, axis: { labelLimit: 140 } };
  const bars = (field, label, values = rows, more = {}) => ({
    title: { text: label, fontSize: 12, anchor: "middle" },
    width: 210,
    height: 150,
    data: { values },
    mark: { type: "bar", height: 18 },
    encoding: {
      y: strategy,
      x: { field, type: "quantitative", title: null, axis: { tickCount: 4, format: "~s" } },
      color: { value: "#0b5cad" },
      ...more,
    },
  });
  const parts = rows.flatMap(({ strategy, promptTokens, cachedTokens }) => [
    { strategy, part: "from the cache", order: 0, tokens: cachedTokens },
    { strategy, part: "encoded", order: 1, tokens: promptTokens - cachedTokens },
  ]);
  const color = {
    field: "part",
    type: "nominal",
    title: null,
    sort: ["from the cache", "encoded"],
    scale: { range: ["#a9c7e8", "#0b5cad"] },
    legend: { orient: "bottom" },
  };
  const answered = rows.map((row) => ({ ...row, percent: 100 * row.answered }));
  await writeSvg(file, {
    title: { text: title, subtitle, anchor: "start", fontSize: 16, subtitleColor: "#555", subtitlePadding: 6 },
    background: "white",
    padding: 16,
    hconcat: [
      bars("percent", "questions answered, %", answered),
      bars("steps", "model calls per question"),
      bars("tokens", "prompt tokens per question", parts, { color, order: { field: "order" } }),
    ],
    spacing: 24,
    config: { font: FONT, view: { stroke: null }, axis: { gridColor: "#e8e8e8", domainColor: "#999" } },
  });
}

/** Renders a Vega-Lite specification. */
export async function writeSvg(file, spec) {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  writeFileSync(`${file}.tmp`, `${svg}\n`);
  renameSync(`${file}.tmp`, file);
}

/** Precision and recall of a filter by the error rate of its reader, a line for each number of passes. */
export async function writeFilterPlot(file, curve, subtitle) {
  const points = curve.flatMap(({ passes, errorRate, precision, recall }) => [
    {
      measure: "precision of what is kept",
      passes: `${passes} ${passes === 1 ? "reading" : "readings"}`,
      errorRate,
      value: precision,
    },
    {
      measure: "recall of good samples",
      passes: `${passes} ${passes === 1 ? "reading" : "readings"}`,
      errorRate,
      value: recall,
    },
  ]);
  await writeSvg(file, {
    title: {
      text: "Search tasks that the filter keeps, by its reader's error rate",
      subtitle,
      ...{ anchor: "start", fontSize: 16, subtitleColor: "#555", subtitlePadding: 6 },
    },
    background: "white",
    padding: 16,
    data: { values: points.filter(({ value }) => value !== null) },
    facet: { column: { field: "measure", type: "nominal", title: null, header: { labelFontSize: 13 } } },
    spec: {
      width: 300,
      height: 240,
      mark: { type: "line", point: { size: 40 }, strokeWidth: 2.2 },
      encoding: {
        x: { field: "errorRate", type: "quantitative", title: "claims misread", axis: { format: "%", tickCount: 6 } },
        y: { field: "value", type: "quantitative", title: null, scale: { domain: [0, 1] }, axis: { format: ".1f" } },
        color: {
          field: "passes",
          type: "nominal",
          title: null,
          scale: { range: ["#8a8d91", "#d1495b", "#0b5cad"] },
          legend: { orient: "bottom", symbolStrokeWidth: 3 },
        },
      },
    },
    config: { font: FONT, view: { stroke: null }, axis: { gridColor: "#e8e8e8", domainColor: "#999" } },
  });
}
