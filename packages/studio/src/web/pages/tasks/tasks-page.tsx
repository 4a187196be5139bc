import type { TaskList } from "../../../wire/tasks.js";
import { BASE } from "../../shell/router.js";
import { number } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { useResource } from "../../ui/use-resource.js";
import type { PageProps } from "../page.js";
import { Funnel } from "./funnel.js";
import { PlayView } from "./play-view.js";
import { words } from "./words.js";
import "../../ui/conversation.css";
import "./tasks.css";

export default function TasksPage({ params: { id } }: PageProps) {
  const w = words();
  const { value, error } = useResource<TaskList>("tasks");
  if (id !== undefined) return value ? <PlayView key={id} taskset={id} list={value} /> : <main />;
  return (
    <main>
      <h1>{w.title}</h1>
      {error && <p class="error">{error}</p>}
      {value && (
        <>
          <h2>{w.tasksets}</h2>
          <Scroll label={w.tasksets}>
            <table class="wide">
              <thead>
                <tr>
                  <th>{w.name}</th>
                  <th>{w.domain}</th>
                  <th>{w.levels}</th>
                  <th>{w.about}</th>
                  <th>{w.rewards}</th>
                </tr>
              </thead>
              <tbody>
                {value.tasksets.map(({ name, domain, levels, description, rewards }) => (
                  <tr key={name}>
                    <td>
                      <a href={`${BASE}/tasks/${name}`}>{name}</a>
                    </td>
                    <td>{domain}</td>
                    <td class="when">0–{levels - 1}</td>
                    <td class="about">{description}</td>
                    <td class="small quiet">
                      {rewards.map(({ name: part, weight }) => `${part} ${weight}`).join(", ")}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          <h2>{w.synthesised}</h2>
          {value.folders.length === 0 && value.funnels.length === 0 && <p class="quiet">{w.none}</p>}
          <ul class="folders">
            {value.folders.map(({ path, tasks }) => (
              <li key={path}>
                <a href={`${BASE}/tasks/${encodeURIComponent(path)}`}>{path}</a> {number(tasks)} {w.tasks}
              </li>
            ))}
          </ul>
          {value.funnels.length > 0 && <h2>{w.funnels}</h2>}
          {value.funnels.map((funnel) => (
            <Funnel key={funnel.path} funnel={funnel} />
          ))}
        </>
      )}
    </main>
  );
}
