import { useEffect, useState } from "preact/hooks";
import type { Play } from "../../../wire/play.js";
import type { TaskList, VerdictView } from "../../../wire/tasks.js";
import { request } from "../../api.js";
import { BASE } from "../../shell/router.js";
import { Conversation, type Said } from "../../ui/conversation.js";
import { number } from "../../ui/format.js";
import { ToolForm } from "./tool-form.js";
import { Verdict } from "./verdict.js";
import { words } from "./words.js";

/** A task in its environment, worked on by hand. */
export function PlayView({ taskset, list }: { taskset: string; list: TaskList }) {
  const w = words();
  const known = list.tasksets.find(({ name }) => name === taskset);
  const [chosen, setChosen] = useState({ level: 0, mode: known?.modes.at(-1) ?? "chat", split: "train", seed: 0 });
  const [play, setPlay] = useState<Play>();
  const [said, setSaid] = useState<Said[]>([]);
  const [verdict, setVerdict] = useState<VerdictView>();
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const post = async <T,>(path: string, body: unknown): Promise<T | undefined> => {
    setBusy(true);
    setError("");
    try {
      return (await (await request(`tasks/plays${path}`, { method: "POST", body })).json()) as T;
    } catch (failure) {
      setError((failure as Error).message);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const draw = async () => {
    setVerdict(undefined);
    setSaid([]);
    setPlay(await post<Play>("", { taskset, ...chosen }));
  };
  // The first task is drawn by itself, others when asked for
  useEffect(() => void draw(), []);
  const call = async (name: string, args: Record<string, unknown>) => {
    const answer = await post<{ content: string }>(`/${play!.id}/calls`, { name, arguments: args });
    if (!answer) return;
    const tool_calls = [{ function: { name, arguments: JSON.stringify(args) } }];
    setSaid((before) => [...before, { role: "assistant", tool_calls }, { role: "tool", content: answer.content }]);
  };
  return (
    <main>
      <p class="back">
        <a href={`${BASE}/tasks`}>← {w.all}</a>
      </p>
      <h1>{taskset}</h1>
      {known && <p class="quiet">{known.description}</p>}
      <form
        class="bar"
        onSubmit={(event) => {
          event.preventDefault();
          void draw();
        }}
      >
        <label>
          {w.level}
          <input
            type="number"
            min={0}
            max={(known?.levels ?? 100) - 1}
            value={chosen.level}
            onInput={({ currentTarget }) => setChosen({ ...chosen, level: Number(currentTarget.value) })}
          />
        </label>
        <Choice
          label={w.mode}
          value={chosen.mode}
          options={(known?.modes ?? ["thinking", "chat"]).map((mode) => [mode, w[mode as "chat"]])}
          onValue={(mode) => setChosen({ ...chosen, mode })}
        />
        <Choice
          label={w.split}
          value={chosen.split}
          options={[
            ["train", w.train],
            ["heldout", w.heldout],
          ]}
          onValue={(split) => setChosen({ ...chosen, split })}
        />
        <label>
          {w.seed}
          <input
            type="number"
            min={0}
            value={chosen.seed}
            onInput={({ currentTarget }) => setChosen({ ...chosen, seed: Number(currentTarget.value) })}
          />
        </label>
        <button type="submit" class="primary" disabled={busy}>
          {w.draw}
        </button>
      </form>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {play && (
        <div class="play">
          <section aria-label={w.asked}>
            <h2>{w.asked}</h2>
            <Conversation messages={[...play.task.messages, ...said]} />
            <p class="quiet small">
              {w.budget}: {number(play.task.budget.tokens)} {w.tokens}, {number(play.task.budget.calls)} {w.calls} ·{" "}
              {play.task.key.slice(0, 120)}
            </p>
          </section>
          <section aria-label={w.play}>
            <h2>{w.play}</h2>
            {play.task.tools.length === 0 && <p class="quiet">{w.noTools}</p>}
            {play.task.tools.map((tool) => (
              <ToolForm key={tool.function.name} tool={tool} busy={busy} onCall={call} />
            ))}
            <form
              class="answer"
              onSubmit={async (event) => {
                event.preventDefault();
                const answer = String(new FormData(event.currentTarget as HTMLFormElement).get("answer"));
                setVerdict(await post<VerdictView>(`/${play.id}/answer`, { answer }));
              }}
            >
              <label>
                {w.answer}
                <textarea name="answer" rows={4} />
              </label>
              <button type="submit" class="primary" disabled={busy}>
                {w.submit}
              </button>
            </form>
            {verdict && <Verdict verdict={verdict} />}
            <details>
              <summary>{w.solution}</summary>
              <Conversation messages={play.solution} />
            </details>
          </section>
        </div>
      )}
    </main>
  );
}

function Choice({
  label,
  value,
  options,
  onValue,
}: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onValue(value: string): void;
}) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onValue(currentTarget.value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
