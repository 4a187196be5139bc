import { useState } from "preact/hooks";
import type { RunList, RunSteps } from "../../../wire/runs.js";
import { request } from "../../api.js";
import { BASE, navigate } from "../../shell/router.js";
import { number, seconds } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { LedgerView } from "./ledger-view.js";
import { StateBadge } from "./state-badge.js";
import { StepBars } from "./step-bars.js";
import { TimelineView } from "./timeline-view.js";
import { useTimeline } from "./use-timeline.js";
import { words } from "./words.js";

/** A run, or two beside each other. */
export function RunView({ id, other }: { id: string; other: string | null }) {
  const w = words();
  const list = useResource<RunList>("runs");
  return (
    <main>
      <p class="back">
        <a href={`${BASE}/runs`}>← {w.all}</a>
      </p>
      <div class="bar">
        <label>
          {w.compare}
          <select
            value={other ?? ""}
            onChange={({ currentTarget: { value } }) => navigate(`/runs/${id}${value && `?with=${value}`}`)}
          >
            <option value="">{w.nothing}</option>
            {list.value?.runs
              .filter((run) => run.id !== id)
              .map((run) => (
                <option key={run.id} value={run.id}>
                  {run.id} · {run.task.slice(0, 40)}
                </option>
              ))}
          </select>
        </label>
      </div>
      <div class={other ? "beside" : undefined}>
        <Run id={id} title="h1" />
        {other && <Run id={other} title="h2" />}
      </div>
    </main>
  );
}

function Run({ id, title: Title }: { id: string; title: "h1" | "h2" }) {
  const w = words();
  const timeline = useTimeline(id);
  const { run, state, error, total } = timeline;
  const steps = useResource<RunSteps>(run ? `runs/${id}/steps?at=${total}` : "");
  const [ledger, setLedger] = useState(false);
  const [refused, setRefused] = useState("");
  if (error) return <p class="error">{error}</p>;
  if (!run) return <Title>{id}</Title>;
  const resume = () =>
    request(`runs/${id}/resume`, { method: "POST" }).then(
      () => navigate(`/runs/${id}?with=`, { replace: true }),
      (failure: Error) => setRefused(failure.message),
    );
  const last = steps.value?.run ?? run;
  return (
    <section class="run" aria-label={id}>
      <Title class="task-title">{run.task.slice(0, 200) || id}</Title>
      <dl class="cards">
        <div>
          <dt>{w.state}</dt>
          <dd>
            <StateBadge state={state ?? run.state} />
          </dd>
        </div>
        <div>
          <dt>{w.steps}</dt>
          <dd>{number(last.steps)}</dd>
        </div>
        <div>
          <dt>
            {w.tokens}, {w.read}
          </dt>
          <dd>{number(last.promptTokens)}</dd>
        </div>
        <div>
          <dt>
            {w.tokens}, {w.written}
          </dt>
          <dd>{number(last.completionTokens)}</dd>
        </div>
        <div>
          <dt>{w.duration}</dt>
          <dd>{seconds(last.durationMs)}</dd>
        </div>
        <div>
          <dt>{w.model}</dt>
          <dd>{run.model || "–"}</dd>
        </div>
      </dl>
      <div class="bar">
        {(state === "failed" || state === "unfinished") && (
          <button type="button" onClick={resume}>
            {w.resume}
          </button>
        )}
        <button type="button" aria-expanded={ledger} onClick={() => setLedger(!ledger)}>
          {w.ledger}
        </button>
        {refused && (
          <span class="error" role="alert">
            {refused}
          </span>
        )}
      </div>
      {ledger && <LedgerView id={id} />}
      {steps.value && steps.value.steps.length > 0 && (
        <StepBars id={id} steps={steps.value.steps} onStep={timeline.jump} />
      )}
      <TimelineView id={id} timeline={timeline} />
    </section>
  );
}
