import type { EvalList } from "../../../wire/evals.js";
import { BASE } from "../../shell/router.js";
import { number, percent, time } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { Unreadable } from "../../ui/unreadable.js";
import { useResource } from "../../ui/use-resource.js";
import type { PageProps } from "../page.js";
import { EvalView } from "./eval-view.js";
import { Interval, Outcomes } from "./outcomes.js";
import { SampleView } from "./sample-view.js";
import { words } from "./words.js";
import "../../ui/conversation.css";
import "./evals.css";

export default function EvalsPage({ params: { id, sample } }: PageProps) {
  if (id === undefined) return <List />;
  if (sample === undefined) return <EvalView key={id} id={id} />;
  return <SampleView key={`${id} ${sample}`} id={id} n={Number(sample)} />;
}

function List() {
  const w = words();
  const { value, error } = useResource<EvalList>("evals");
  return (
    <main>
      <h1>{w.title}</h1>
      {error && <p class="error">{error}</p>}
      {value?.runs.length === 0 && <p class="quiet">{w.none}</p>}
      {value && value.runs.length > 0 && (
        <Scroll label={w.title}>
          <table class="wide">
            <thead>
              <tr>
                <th>{w.benchmark}</th>
                <th>{w.model}</th>
                <th class="number">{w.score}</th>
                <th>{w.interval}</th>
                <th>{w.outcomes}</th>
                <th class="number">{w.tokens}</th>
                <th>{w.begun}</th>
              </tr>
            </thead>
            <tbody>
              {value.runs.map((run) => (
                <tr key={run.id}>
                  <td>
                    <a href={`${BASE}/evals/${encodeURIComponent(run.id)}`}>{run.benchmark}</a>
                    <div class="quiet small">{run.id}</div>
                  </td>
                  <td>{run.model}</td>
                  <td class="number">{run.score === null ? "–" : percent(run.score)}</td>
                  <td>
                    <Interval run={run} />
                  </td>
                  <td>
                    <Outcomes run={run} />
                  </td>
                  <td class="number">{number(run.tokens)}</td>
                  <td class="when">{time(Date.parse(run.createdAt))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <Unreadable entries={value?.unreadable} />
    </main>
  );
}
