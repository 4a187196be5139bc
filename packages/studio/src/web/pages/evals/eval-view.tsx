import { useState } from "preact/hooks";
import type { EvalList, EvalRun } from "../../../wire/evals.js";
import { BASE, navigate, query } from "../../shell/router.js";
import { number, percent } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { Comparison } from "./comparison.js";
import { Interval, Outcomes } from "./outcomes.js";
import { SampleTable } from "./sample-table.js";
import { words } from "./words.js";

const VERDICTS = ["right", "wrong", "not measured"] as const;
const PAGE = 200;

/** A run: its score with what makes it sure or not, its samples, another run against it. */
export function EvalView({ id }: { id: string }) {
  const w = words();
  const [verdict, setVerdict] = useState("");
  const [after, setAfter] = useState(0);
  const other = new URLSearchParams(query.value).get("with") ?? "";
  const { value, error } = useResource<EvalRun>(
    `evals/${encodeURIComponent(id)}?after=${after}${verdict && `&verdict=${encodeURIComponent(verdict)}`}`,
  );
  const list = useResource<EvalList>("evals");
  const run = value?.summary;
  const others = (list.value?.runs ?? []).filter((one) => one.id !== id && one.benchmark === run?.benchmark);
  return (
    <main>
      <p class="back">
        <a href={`${BASE}/evals`}>← {w.all}</a>
      </p>
      <h1>{run ? `${run.benchmark} · ${run.model}` : id}</h1>
      {error && <p class="error">{error}</p>}
      {run && (
        <>
          <dl class="cards">
            <div>
              <dt>{w.score}</dt>
              <dd>{run.score === null ? "–" : percent(run.score)}</dd>
            </div>
            <div>
              <dt>{w.interval}</dt>
              <dd>
                <Interval run={run} />
              </dd>
            </div>
            <div>
              <dt>{w.bounds}</dt>
              <dd>
                {percent(run.bounds[0])} – {percent(run.bounds[1])}
              </dd>
            </div>
            <div>
              <dt>{w.outcomes}</dt>
              <dd>
                <Outcomes run={run} />
              </dd>
            </div>
            <div>
              <dt>{w.tokens}</dt>
              <dd>
                {number(run.tokens)}{" "}
                <span class="quiet small">
                  {number(run.thinkingTokens)} {w.thinking}
                </span>
              </dd>
            </div>
          </dl>
          {run.refused && <p class="error">{run.refused}</p>}
          <div class="bar">
            <label>
              {w.compare}
              <select
                value={other}
                onChange={({ currentTarget: { value: chosen } }) =>
                  navigate(`/evals/${encodeURIComponent(id)}${chosen && `?with=${encodeURIComponent(chosen)}`}`)
                }
              >
                <option value="">{w.nothing}</option>
                {others.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.model} · {one.id}
                  </option>
                ))}
              </select>
            </label>
          </div>
          {other && <Comparison id={id} other={other} />}
          <h2>{w.samples}</h2>
          <div class="bar">
            <select
              aria-label={w.verdict}
              value={verdict}
              onChange={({ currentTarget }) => {
                setAfter(0);
                setVerdict(currentTarget.value);
              }}
            >
              <option value="">{w.everyVerdict}</option>
              {VERDICTS.map((name) => (
                <option key={name} value={name}>
                  {name === "not measured" ? w.notMeasured : w[name]}
                </option>
              ))}
            </select>
            <span class="quiet">{number(value.total)}</span>
          </div>
          <SampleTable id={id} samples={value.samples} />
          {after + PAGE < value.total && (
            <button type="button" onClick={() => setAfter(after + PAGE)}>
              {w.more}
            </button>
          )}
        </>
      )}
    </main>
  );
}
