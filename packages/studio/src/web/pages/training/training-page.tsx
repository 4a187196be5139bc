import type { TrainingList } from "../../../wire/training.js";
import { BASE } from "../../shell/router.js";
import { number, time } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { useResource } from "../../ui/use-resource.js";
import type { PageProps } from "../page.js";
import { RunCharts } from "./run-charts.js";
import { words } from "./words.js";
import "../../ui/conversation.css";
import "./training.css";

export default function TrainingPage({ params }: PageProps) {
  const { value, error } = useResource<TrainingList>("training");
  const w = words();
  if (params.run !== undefined) return <RunCharts key={params.run} run={params.run} all={value?.runs ?? []} />;
  return (
    <main>
      <h1>{w.title}</h1>
      {error && <p class="error">{error}</p>}
      {value?.runs.length === 0 && (
        <p class="quiet">
          {w.none} <code>{value.directory}</code>. {w.hint}
        </p>
      )}
      {value && value.runs.length > 0 && (
        <Scroll label={w.runs}>
          <table class="wide">
            <thead>
              <tr>
                <th>{w.runs}</th>
                <th class="number">{w.size}</th>
                <th>{w.updated}</th>
                <th>{w.rollouts}</th>
              </tr>
            </thead>
            <tbody>
              {value.runs.map(({ name, recipe, metricsBytes, updatedAt, rollouts }) => (
                <tr key={name}>
                  <td>
                    <a href={`${BASE}/train/${encodeURIComponent(name)}`}>{name}</a>
                    {recipe && recipe !== name && <span class="quiet small"> {recipe}</span>}
                  </td>
                  <td class="number">{number(metricsBytes / 1000)} kB</td>
                  <td>{time(updatedAt)}</td>
                  <td>{rollouts && <a href={`${BASE}/rollouts/${encodeURIComponent(name)}`}>{w.rollouts}</a>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </main>
  );
}
