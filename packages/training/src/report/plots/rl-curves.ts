/** Curves of stages that learn from rewards: reward and pass@1 by taskset and mode, and what tells whether learning is stable. */

import type { MetricRecord } from "../../run/metric-record.js";
import { readsData } from "../../stages/index.js";
import type { LoadedRun } from "../load-run.js";
import type { Plot, PlotBuilder } from "./plot.js";
import { points, smooth, stepAxis } from "./series.js";
import { FULL_WIDTH, HALF_WIDTH, HEIGHT, SERIES_COLOURS } from "./style.js";

type Value = (record: MetricRecord) => number | undefined;

interface RlCurves extends Pick<Plot, "id" | "title" | "description"> {
  subtitle: string;
  axisTitle: string;
  format: string;
  scale: { type: "log" } | { zero: boolean };
  wide?: boolean;
  /** Lines by name, as this run has them. */
  lines: (run: LoadedRun) => Record<string, Value>;
  /** Evaluations are drawn as they are; steps are smoothed. */
  of: "steps" | "evaluations";
}

function rlCurves({
  id,
  title,
  description,
  subtitle,
  axisTitle,
  format,
  scale,
  wide = false,
  lines,
  of,
}: RlCurves): PlotBuilder {
  return (run) => {
    const named = Object.entries(lines(run));
    const values = named.flatMap(([line, value]) =>
      run.stages.flatMap((stage) => {
        const measured = points(stage, stage[of], value).filter((point) => !("type" in scale) || point.value > 0);
        return (of === "steps" ? smooth(measured) : measured).map((point) => ({ ...point, line }));
      }),
    );
    const domain = named.map(([line]) => line).filter((line) => values.some((value) => value.line === line));
    const spec: Plot["spec"] = {
      title: { text: title, subtitle },
      width: wide ? FULL_WIDTH : HALF_WIDTH,
      height: HEIGHT,
      data: { values },
      mark: { type: "line", strokeWidth: 2, ...(of === "evaluations" ? { point: { size: 32 } } : {}) },
      encoding: {
        x: stepAxis("runStep"),
        y: { field: "value", type: "quantitative", title: axisTitle, axis: { format, tickCount: 5 }, scale },
        color: {
          field: "line",
          type: "nominal",
          scale: { domain, range: domain.map((_, i) => SERIES_COLOURS[i % SERIES_COLOURS.length]!) },
        },
        detail: { field: "stage" },
      },
    };
    const relevant = run.stages.some(({ stage }) => !readsData(stage));
    return { id, title, description, wide, relevant, spec: values.length > 0 ? spec : undefined };
  };
}

/** Tasksets with their modes, as in "sorting/chat", of any record. */
function tasksetsOf(run: LoadedRun): string[] {
  const records = run.stages.flatMap(({ steps, evaluations }) => [...steps, ...evaluations]);
  const names = records.flatMap(({ rl, heldOut }) => Object.keys({ ...rl?.byTaskset, ...heldOut?.byTaskset }));
  return [...new Set(names)].sort();
}

const byTaskset = (value: (record: MetricRecord, name: string) => number | undefined) => (run: LoadedRun) =>
  Object.fromEntries(tasksetsOf(run).map((name): [string, Value] => [name, (record) => value(record, name)]));

export const passPlot = rlCurves({
  id: "pass-at-1",
  title: "pass@1 on held-out tasks",
  description: "Share of held-out tasks solved at the first attempt, by taskset and mode, at every evaluation.",
  subtitle: "by taskset and mode",
  axisTitle: "share solved",
  format: ".0%",
  scale: { zero: true },
  wide: true,
  of: "evaluations",
  lines: byTaskset(({ heldOut }, name) => heldOut?.byTaskset[name]?.pass1),
});

export const rewardPlot = rlCurves({
  id: "reward",
  title: "Reward in training",
  description:
    "Mean reward of each step's rollouts, by taskset and mode, smoothed. A curriculum holds it level while tasks get harder.",
  subtitle: "by taskset and mode, smoothed",
  axisTitle: "mean reward",
  format: "~g",
  scale: { zero: true },
  wide: true,
  of: "steps",
  lines: byTaskset(({ rl }, name) => rl?.byTaskset[name]?.reward),
});

export const groupsPlot = rlCurves({
  id: "groups",
  title: "Groups",
  description: "Share of groups of answers to one task that are mixed, which alone teach, all right, or all wrong.",
  subtitle: "share of groups, smoothed",
  axisTitle: "share",
  format: ".0%",
  scale: { zero: true },
  of: "steps",
  lines: () => ({
    mixed: ({ rl }) => rl?.mixedGroups,
    "all right": ({ rl }) => rl?.solvedGroups,
    "all wrong": ({ rl }) => rl?.failedGroups,
  }),
});

export const entropyPlot = rlCurves({
  id: "entropy",
  title: "Entropy",
  description:
    "Estimate of the policy's entropy over what it sampled, at temperature 1. A collapse to 0 ends exploration.",
  subtitle: "nats a token, smoothed",
  axisTitle: "nats a token",
  format: "~g",
  scale: { zero: true },
  of: "steps",
  lines: () => ({ entropy: ({ rl }) => rl?.entropy }),
});

export const policyKlPlot = rlCurves({
  id: "policy-kl",
  title: "KL to the reference",
  description: "Estimate of the KL divergence from the frozen reference policy, where the algorithm has one.",
  subtitle: "nats a token, smoothed",
  axisTitle: "nats a token",
  format: "~g",
  scale: { zero: true },
  of: "steps",
  // Without a reference it is 0 throughout: nothing was measured.
  lines: () => ({ "KL(policy ‖ reference)": ({ rl }) => rl?.kl || undefined }),
});

export const ratioPlot = rlCurves({
  id: "ratio",
  title: "Probability ratio",
  description:
    "Ratio of a token's probability under the policy in training to that under the one that sampled it: mean and largest.",
  subtitle: "policy over the one that sampled, smoothed",
  axisTitle: "ratio",
  format: "~g",
  scale: { type: "log" },
  of: "steps",
  lines: () => ({ mean: ({ rl }) => rl?.ratioMean, largest: ({ rl }) => rl?.ratioMax }),
});

export const maskPlot = rlCurves({
  id: "masks",
  title: "Clipped and masked",
  description:
    "Share of tokens whose ratio was clipped below or above, and of sequences dropped by the off-policy sequence mask.",
  subtitle: "share of tokens, of sequences",
  axisTitle: "share",
  format: ".1%",
  scale: { zero: true },
  of: "steps",
  lines: () => ({
    "clipped low": ({ rl }) => rl?.clippedLow,
    "clipped high": ({ rl }) => rl?.clippedHigh,
    "sequences dropped": ({ rl }) => rl?.sequencesDropped,
  }),
});

export const mismatchPlot = rlCurves({
  id: "mismatch",
  title: "Engine against trainer",
  description:
    "Difference of log-probabilities of the same tokens in the engine that sampled and in the trainer, and K3 of their ratio. With stale rollouts it holds their age, too.",
  subtitle: "first mini-batch of a step, smoothed",
  axisTitle: "nats",
  format: "~e",
  scale: { type: "log" },
  of: "steps",
  lines: () => ({
    mean: ({ rl }) => rl?.mismatch?.mean,
    largest: ({ rl }) => rl?.mismatch?.max,
    K3: ({ rl }) => rl?.mismatch?.k3,
  }),
});

export const lengthPlot = rlCurves({
  id: "length",
  title: "Length of answers",
  description: "Tokens that a rollout's policy sampled: mean and longest of a step.",
  subtitle: "sampled tokens a rollout, smoothed",
  axisTitle: "tokens",
  format: "~s",
  scale: { zero: true },
  of: "steps",
  lines: () => ({ mean: ({ rl }) => rl?.length?.mean, longest: ({ rl }) => rl?.length?.max }),
});
