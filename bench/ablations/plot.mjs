// Ablations as an SVG: a row a study, a column a measure, a dot an arm with its standard error, and every seed.
import { writeSvg } from "../plot.mjs";
import { measureNames, studies } from "./studies.mjs";

/** @param {string} file @param {readonly Record<string, any>[]} results */
export async function writeAblationPlot(file, results) {
  const names = [...new Set(results.map(({ study }) => study))];
  await writeSvg(file, {
    title: {
      text: "The stabilisers of GRPO, off and on",
      subtitle: "mean and standard error over seeds; small dots are the runs",
      ...{ anchor: "start", fontSize: 16, subtitleColor: "#555", subtitlePadding: 6 },
    },
    background: "white",
    padding: 16,
    vconcat: names.map((name) => ({
      title: { text: studies[name].title, anchor: "start" },
      hconcat: panels(name, results),
    })),
    spacing: 24,
    config: {
      font: "system-ui, sans-serif",
      view: { stroke: null },
      axis: { gridColor: "#e8e8e8", domainColor: "#999" },
    },
  });
}

/** @param {string} name @param {readonly Record<string, any>[]} results */
function panels(name, results) {
  const rows = results.filter(({ study }) => study === name);
  return studies[name].measures.map((measure, column) => {
    const y = {
      ...{ field: "arm", type: "nominal", sort: null, title: null },
      axis: column === 0 ? { labelLimit: 300 } : { labels: false, ticks: false },
    };
    const x = {
      type: "quantitative",
      title: measureNames[measure][0],
      scale: { zero: false, nice: true },
      axis: { tickCount: 4 },
    };
    const means = rows.map(({ arm, [measure]: { mean, error } }) => ({
      arm,
      mean,
      low: mean - error,
      high: mean + error,
    }));
    const runs = rows.flatMap(({ arm, [measure]: { values } }) => values.map((value) => ({ arm, value })));
    return {
      width: 190,
      height: { step: 22 },
      layer: [
        {
          data: { values: runs },
          mark: { type: "circle", size: 16, color: "#8a8d91" },
          encoding: { y, x: { ...x, field: "value" } },
        },
        {
          data: { values: means },
          mark: { type: "rule", strokeWidth: 2, color: "#0b5cad" },
          encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" } },
        },
        {
          data: { values: means },
          mark: { type: "circle", size: 60, color: "#0b5cad", opacity: 1 },
          encoding: { y, x: { ...x, field: "mean" } },
        },
      ],
    };
  });
}
