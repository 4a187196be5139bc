import { useState } from "preact/hooks";
import { request } from "../../api.js";
import { navigate } from "../../shell/router.js";
import { words } from "./words.js";

/** A task for an agent: the server works on it, whether or not this page stays open. */
export function StartForm({ tools }: { tools: readonly string[] }) {
  const w = words();
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      const maxTokens = Number(data.get("maxTokens"));
      const response = await request("runs", {
        method: "POST",
        body: {
          task: String(data.get("task")),
          tools: data.getAll("tools").map(String),
          ask: data.has("ask"),
          steps: Number(data.get("steps")),
          ...(maxTokens > 0 ? { maxTokens } : {}),
        },
      });
      const { id } = (await response.json()) as { id: string };
      navigate(`/runs/${id}`);
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };
  return (
    <details class="start">
      <summary>{w.start}</summary>
      <form onSubmit={submit}>
        <label>
          {w.task}
          <textarea name="task" rows={3} required />
        </label>
        <fieldset>
          <legend>{w.tools}</legend>
          {tools.map((name) => (
            <label key={name}>
              <input type="checkbox" name="tools" value={name} defaultChecked={name === "calculator"} /> {name}
            </label>
          ))}
        </fieldset>
        <div class="bar">
          <label>
            <input type="checkbox" name="ask" /> {w.ask}
          </label>
          <label>
            {w.limit} <input type="number" name="steps" min={1} max={1000} defaultValue="20" />
          </label>
          <label>
            {w.answerTokens} <input type="number" name="maxTokens" min={1} placeholder="–" />
          </label>
          <button type="submit" class="primary" disabled={busy}>
            {w.go}
          </button>
        </div>
        {error && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
      </form>
    </details>
  );
}
