/** Curves of several runs in one plot each, a colour a run. */

import type { MetricRecord } from "../../run/metric-record.js";
import type { Plot } from "../plots/plot.js";
import { type Point, points, smooth, stepAxis, tokenAxis } from "../plots/series.js";
import { FULL_WIDTH, HALF_WIDTH, HEIGHT, SERIES_COLOURS } from "../plots/style.js";
import type { NamedRun } from "./named-runs.js";

type Value = (record: MetricRecord) => number | undefined;

interface Overlay extends Pick<Plot, "id" | "title" | "description"> {
  axisTitle: string;
  format: string;
  scale: { type: "log" } | { zero: boolean };
  wide?: boolean;
  /** Evaluations are drawn as they are; steps are smoothed. */
  of: "steps" | "evaluations";
  by?: "tokens";
  value: Value;
}

interface RunPoint extends Point {
  run: string;
}

/** Every plot that some run has measured; pass@1 and reward for each domain and mode by itself. */
export function overlayPlots(runs: readonly NamedRun[]): Plot[] {
  return [...byDomain(runs), ...COMMON].map((overlay) => drawn(overlay, runs)).filter(({ spec }) => spec);
}

function drawn({ id, title, description, ...how }: Overlay, runs: readonly NamedRun[]): Plot {
  const { axisTitle, format, scale, wide = false, of, by, value } = how;
  const values = runs.flatMap((run) =>
    run.stages.flatMap((stage): RunPoint[] => {
      const measured = points(stage, stage[of], value).filter((point) => !("type" in scale) || point.value > 0);
      return (of === "steps" ? smooth(measured) : measured).map((point) => ({ ...point, run: run.name }));
    }),
  );
  const colours = {
    domain: runs.map(({ name }) => name),
    range: runs.map((_, i) => SERIES_COLOURS[i % SERIES_COLOURS.length]!),
  };
  const tokens = values.map((point) => point.tokens);
  const spec: Plot["spec"] = {
    title: { text: title, subtitle: of === "steps" ? "smoothed" : "held-out" },
    width: wide ? FULL_WIDTH : HALF_WIDTH,
    height: HEIGHT,
    data: { values },
    mark: { type: "line", strokeWidth: 2, ...(of === "evaluations" ? { point: { size: 32 } } : {}) },
    encoding: {
      x: by === "tokens" ? tokenAxis(tokens, "tokens seen") : stepAxis("runStep"),
      y: { field: "value", type: "quantitative", title: axisTitle, axis: { format, tickCount: 5 }, scale },
      color: { field: "run", type: "nominal", scale: colours },
      detail: { field: "stage" },
    },
  };
  return { id, title, description, wide, spec: values.length > 0 ? spec : undefined };
}

const share = { axisTitle: "share", format: ".0%", scale: { zero: true } } as const;

const COMMON: readonly Overlay[] = [
  {
    ...{ id: "loss", title: "Language-model loss, training", wide: true, of: "steps", by: "tokens" },
    description: "Mean cross-entropy of training batches, by tokens seen along each stage's line of descent.",
    ...{ axisTitle: "nats per token", format: "~g", scale: { zero: false } },
    value: ({ lmLoss }) => lmLoss,
  },
  {
    ...{ id: "held-out-loss", title: "Language-model loss, held-out", wide: true, of: "evaluations", by: "tokens" },
    description: "Mean cross-entropy of held-out data, parts weighted as the stage weights them.",
    ...{ axisTitle: "nats per token", format: "~g", scale: { zero: false } },
    value: ({ lmLoss }) => lmLoss,
  },
  {
    ...{ id: "policy-kl", title: "KL to the reference", of: "steps" },
    description: "Estimate of the KL divergence from the frozen reference policy.",
    ...{ axisTitle: "nats a token", format: "~g", scale: { zero: true } },
    value: ({ rl }) => rl?.kl || undefined,
  },
  {
    ...{ ...share, id: "sequences-dropped", title: "Sequences masked", of: "steps" },
    description: "Share of sequences that the off-policy sequence mask dropped.",
    value: ({ rl }) => rl?.sequencesDropped,
  },
  {
    ...{ ...share, id: "clipped", title: "Tokens clipped", format: ".1%", of: "steps" },
    description: "Share of tokens whose ratio was clipped, below or above.",
    value: ({ rl }) => rl && rl.clippedLow + rl.clippedHigh,
  },
  {
    ...{ ...share, id: "mixed-groups", title: "Mixed groups", of: "steps" },
    description: "Share of groups whose answers earned differently: those that teach.",
    value: ({ rl }) => rl?.mixedGroups,
  },
  {
    ...{ id: "entropy", title: "Entropy", of: "steps" },
    description: "Estimate of the policy's entropy over what it sampled, at temperature 1.",
    ...{ axisTitle: "nats a token", format: "~g", scale: { zero: true } },
    value: ({ rl }) => rl?.entropy,
  },
  {
    ...{ id: "mismatch", title: "Engine against trainer", of: "steps" },
    description: "K3 of the ratio between the policy that sampled and the trainer's, over a step's first mini-batch.",
    ...{ axisTitle: "nats", format: "~e", scale: { type: "log" } },
    value: ({ rl }) => rl?.mismatch?.k3,
  },
  {
    ...{ id: "length", title: "Length of answers", of: "steps" },
    description: "Mean of the tokens that a rollout's policy sampled.",
    ...{ axisTitle: "tokens", format: "~s", scale: { zero: true } },
    value: ({ rl }) => rl?.length?.mean,
  },
  {
    ...{ id: "gradient-norm", title: "Gradient norm", of: "steps" },
    description: "Global norm of the gradient before clipping, on a log scale.",
    ...{ axisTitle: "global norm", format: "~g", scale: { type: "log" } },
    value: ({ gradientNorm }) => gradientNorm,
  },
];

const recordsOf = (runs: readonly NamedRun[]) =>
  runs.flatMap(({ stages }) => stages.flatMap(({ steps, evaluations }) => [...steps, ...evaluations]));

/** Domains with their modes, as in "logic/chat"; of runs before there were domains in the metrics, tasksets. */
function byDomain(runs: readonly NamedRun[]): Overlay[] {
  const records = recordsOf(runs);
  const domains = namesIn(records, "byDomain");
  const [names, field] =
    domains.length > 0 ? [domains, "byDomain" as const] : [namesIn(records, "byTaskset"), "byTaskset" as const];
  return [
    ...names.map(
      (name): Overlay => ({
        ...{ ...share, id: `pass-at-1-${idOf(name)}`, title: `pass@1, ${name}`, of: "evaluations" },
        description: `Share of held-out tasks of ${name} solved at the first attempt.`,
        value: ({ heldOut }) => heldOut?.[field]?.[name]?.pass1,
      }),
    ),
    ...names.map(
      (name): Overlay => ({
        ...{ id: `reward-${idOf(name)}`, title: `Reward, ${name}`, of: "steps" },
        description: `Mean reward of the rollouts of ${name} in training.`,
        ...{ axisTitle: "mean reward", format: "~g", scale: { zero: true } },
        value: ({ rl }) => rl?.[field]?.[name]?.reward,
      }),
    ),
  ];
}

function namesIn(records: readonly MetricRecord[], field: "byDomain" | "byTaskset"): string[] {
  const names = records.flatMap(({ rl, heldOut }) => Object.keys({ ...rl?.[field], ...heldOut?.[field] }));
  return [...new Set(names)].sort();
}

const idOf = (name: string): string => name.replace(/[^a-z0-9]+/gi, "-");
