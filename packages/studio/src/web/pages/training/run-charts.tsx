import { useMemo, useState } from "preact/hooks";
import type { MetricSeries, Metrics, TrainingList } from "../../../wire/training.js";
import { BASE, navigate, query } from "../../shell/router.js";
import { number, percent } from "../../ui/format.js";
import { CHARTS, type ChartKind } from "./charts.js";
import { ExpertLoad } from "./expert-load.js";
import { type Line, LineChart } from "./line-chart.js";
import { smooth } from "./smooth.js";
import { useMetrics } from "./use-metrics.js";
import { words } from "./words.js";

/** The charts of a run's stage, other runs drawn over it. */
export function RunCharts({ run, all }: { run: string; all: TrainingList["runs"] }) {
  const w = words();
  const others = (new URLSearchParams(query.value).get("with") ?? "").split(",").filter(Boolean);
  const { metrics, error } = useMetrics([run, ...others]);
  const [chosen, setStage] = useState("");
  const [smoothing, setSmoothing] = useState(0);
  const own = metrics.get(run);
  const stages = [...new Set((own?.series ?? []).map(({ stage }) => stage))];
  const stage = stages.includes(chosen) ? chosen : (stages.at(-1) ?? "");
  const hasRollouts = all.some(({ name, rollouts }) => name === run && rollouts);
  const charts = useMemo(() => chartsOf(metrics, stage, smoothing), [metrics, stage, smoothing]);
  const onStep = hasRollouts
    ? (step: number) =>
        navigate(`/rollouts/${encodeURIComponent(run)}?file=${stage}/${String(Math.max(0, step - 1)).padStart(5, "0")}`)
    : undefined;
  const toggle = (name: string, shown: boolean) => {
    const names = shown ? [...others, name] : others.filter((other) => other !== name);
    navigate(
      `/train/${encodeURIComponent(run)}${names.length > 0 ? `?with=${names.map(encodeURIComponent).join(",")}` : ""}`,
    );
  };
  return (
    <main>
      <p class="back">
        <a href={`${BASE}/train`}>← {w.runs}</a>
      </p>
      <h1>{run}</h1>
      {error && <p class="error">{error}</p>}
      <div class="bar">
        <label>
          {w.stage}
          <select value={stage} onChange={({ currentTarget }) => setStage(currentTarget.value)}>
            {stages.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          {w.smooth}
          <input
            type="range"
            min="0"
            max="0.98"
            step="0.02"
            value={smoothing}
            onInput={({ currentTarget }) => setSmoothing(Number(currentTarget.value))}
          />
          <output>{smoothing.toFixed(2)}</output>
        </label>
        {all.length > 1 && (
          <details class="overlay">
            <summary>
              {w.overlay}: {1 + others.length}
            </summary>
            {all
              .filter(({ name, metricsBytes }) => name !== run && metricsBytes > 0)
              .map(({ name }) => (
                <label key={name}>
                  <input
                    type="checkbox"
                    checked={others.includes(name)}
                    onChange={({ currentTarget }) => toggle(name, currentTarget.checked)}
                  />
                  {name}
                </label>
              ))}
          </details>
        )}
        {hasRollouts && <a href={`${BASE}/rollouts/${encodeURIComponent(run)}`}>{w.rollouts}</a>}
      </div>
      {own && <Progress metrics={own} />}
      {hasRollouts && <p class="quiet small">{w.clickHint}</p>}
      {own && charts.length === 0 && <p class="quiet">{w.nothing}</p>}
      <div class="charts">
        {charts.map(({ kind, lines }) => (
          <LineChart key={kind.title} title={w[kind.title]} lines={lines} lastWord={w.last} onStep={onStep} />
        ))}
      </div>
      {own?.expertLoad && <ExpertLoad {...own.expertLoad} />}
    </main>
  );
}

function Progress({ metrics: { readBytes, bytes, records, unreadable } }: { metrics: Metrics }) {
  const w = words();
  return (
    <p class="quiet small" role="status">
      {readBytes < bytes && bytes > 0 && `${w.reading}: ${percent(readBytes / bytes)} · `}
      {number(records)} {w.records}
      {unreadable > 0 && ` · ${number(unreadable)} ${w.unreadable}`}
    </p>
  );
}

function chartsOf(
  metrics: ReadonlyMap<string, Metrics>,
  stage: string,
  smoothing: number,
): { kind: ChartKind; lines: Line[] }[] {
  const drawn = CHARTS.map((kind) => ({
    kind,
    lines: [...metrics].flatMap(([run, { series }]) =>
      series
        .filter((one) => one.stage === stage && kind.holds(one))
        .map((one) => ({
          label: labelOf(one, metrics.size > 1 ? run : undefined),
          ...{ x: one.x, y: smooth(one.y, smoothing), last: one.last },
        })),
    ),
  }));
  return drawn.filter(({ lines }) => lines.length > 0);
}

function labelOf({ key, kind }: MetricSeries, run: string | undefined): string {
  const name = key.replace(/^rl\.(?:byDomain\.)?|^heldOut\.(?:by\w+\.)?|^lossByPart\./, "").replace(/\.pass1$/, "");
  return `${run ? `${run}: ` : ""}${name}${kind === "evaluation" && !key.startsWith("heldOut") ? " (eval)" : ""}`;
}
