import type { RunList as List } from "../../../wire/runs.js";
import { BASE } from "../../shell/router.js";
import { number, time } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { Unreadable } from "../../ui/unreadable.js";
import { useResource } from "../../ui/use-resource.js";
import { StartForm } from "./start-form.js";
import { StateBadge } from "./state-badge.js";
import { words } from "./words.js";

export function RunList() {
  const { value, error } = useResource<List>("runs");
  const w = words();
  return (
    <main>
      <h1>{w.title}</h1>
      {error && <p class="error">{error}</p>}
      {value && <StartForm tools={value.tools} />}
      {value?.runs.length === 0 && <p class="quiet">{w.none}</p>}
      {value && value.runs.length > 0 && (
        <Scroll label={w.title}>
          <table class="runs">
            <thead>
              <tr>
                <th>{w.task}</th>
                <th>{w.state}</th>
                <th class="number">{w.steps}</th>
                <th class="number">{w.tokens}</th>
                <th>{w.time}</th>
              </tr>
            </thead>
            <tbody>
              {value.runs.map((run) => (
                <tr key={run.id}>
                  <td class="task">
                    <a href={`${BASE}/runs/${run.id}`}>{run.task.slice(0, 140) || run.id}</a>
                    <div class="quiet small">{run.id}</div>
                  </td>
                  <td>
                    <StateBadge state={run.state} />
                  </td>
                  <td class="number">{number(run.steps)}</td>
                  <td class="number">{number(run.promptTokens + run.completionTokens)}</td>
                  <td class="when">{time(run.createdAt)}</td>
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
