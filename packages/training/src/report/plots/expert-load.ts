import type { LoadedRun } from "../load-run.js";
import type { PlotBuilder } from "./plot.js";
import { HALF_WIDTH, HEIGHT } from "./style.js";

/** Above this many experts a cell is too narrow for its number. */
const MAX_LABELLED_EXPERTS = 12;

/** Load of every expert in the last evaluation, as a multiple of equal load. */
export const expertLoadPlot: PlotBuilder = (run) => {
  const { stage, loads } = lastLoads(run);
  const first = Number(run.recipe.model.first_k_dense_replace ?? 0);
  const values = loads.flatMap((load, i) =>
    load.flatMap((share, expert) =>
      Number.isFinite(share) ? [{ layer: first + i, expert, ratio: share * load.length }] : [],
    ),
  );
  const highest = Math.max(2, ...values.map(({ ratio }) => ratio));
  const title = "Expert load";
  const x = { field: "expert", type: "ordinal", title: "expert", axis: { labelAngle: 0, ticks: false } } as const;
  const y = { field: "layer", type: "ordinal", title: "layer", axis: { ticks: false } } as const;
  const experts = Math.max(0, ...loads.map((load) => load.length));
  return {
    id: "expert-load",
    title,
    description: `Tokens sent to each expert of each MoE layer in the last held-out evaluation${stage ? ` (${stage})` : ""}, as a multiple of an equal share: 1 is balanced, 0 is an unused expert.`,
    wide: false,
    spec:
      values.length === 0
        ? undefined
        : {
            title: { text: title, subtitle: `multiple of an equal share, last evaluation (${stage})` },
            width: HALF_WIDTH,
            height: HEIGHT,
            data: { values },
            layer: [
              {
                mark: { type: "rect", stroke: "#ffffff", strokeWidth: experts > 64 ? 0 : 1.5 },
                encoding: {
                  x,
                  y,
                  color: {
                    field: "ratio",
                    type: "quantitative",
                    scale: { domain: [0, 1, highest], range: ["#2a6fd1", "#f1efea", "#d9722e"], interpolate: "rgb" },
                    legend: { orient: "right", gradientLength: 140, format: ".1f" },
                  },
                },
              },
              ...(experts <= MAX_LABELLED_EXPERTS
                ? [
                    {
                      mark: { type: "text", fontSize: 11, color: "#2b2a28" },
                      encoding: { x, y, text: { field: "ratio", type: "quantitative", format: ".2f" } },
                    } as const,
                  ]
                : []),
            ],
          },
  };
};

function lastLoads(run: LoadedRun): { stage: string | undefined; loads: readonly (readonly number[])[] } {
  for (const { stage, evaluations } of run.stages.toReversed())
    for (const { expertLoad } of evaluations.toReversed())
      if (expertLoad && expertLoad.length > 0) return { stage: stage.name, loads: expertLoad };
  return { stage: undefined, loads: [] };
}
