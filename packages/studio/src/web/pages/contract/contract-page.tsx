/** The contract view: a request, the prompt it becomes, and what the rules say. */
import "./contract.css";
import { useEffect, useState } from "preact/hooks";
import type { ConversationSummary } from "../../../wire/conversation.js";
import type { Encoding } from "../../../wire/encoding.js";
import { request } from "../../api.js";
import { navigate, query } from "../../shell/router.js";
import { useResource } from "../../ui/use-resource.js";
import { requestOf } from "../chat/request-of.js";
import { EXAMPLE } from "./example.js";
import { Findings } from "./findings.js";
import { PromptView } from "./prompt-view.js";
import { RetentionTable } from "./retention-table.js";
import { words } from "./words.js";

const WAIT_MS = 300;
const HOSTS = ["generic", "deepseek", "vllm", "sglang"];

export default function ContractPage() {
  const w = words();
  const chosen = new URLSearchParams(query.value).get("conversation") ?? "";
  const [text, setText] = useState(chosen ? "" : EXAMPLE);
  const [host, setHost] = useState(HOSTS[0]!);
  useEffect(() => {
    if (chosen !== "")
      requestOf(chosen).then(
        (body) => setText(JSON.stringify(body, null, 2)),
        (error: Error) => setText(JSON.stringify({ error: error.message })),
      );
  }, [chosen]);
  const { encoding, problem } = useEncoding(text, host);
  return (
    <main class="contract">
      <h1>{w.title}</h1>
      <p class="quiet lead">{w.about}</p>
      <div class="contract-columns">
        <div>
          <section aria-label={w.request}>
            <div class="contract-row">
              <SourceSelect chosen={chosen} />
              <label>
                {w.host}
                <select value={host} onChange={({ currentTarget }) => setHost(currentTarget.value)}>
                  {HOSTS.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              </label>
            </div>
            <textarea
              class="request"
              aria-label={w.requestLabel}
              spellcheck={false}
              value={text}
              onInput={({ currentTarget }) => setText(currentTarget.value)}
            />
            {problem !== "" && (
              <p class="problem" role="alert">
                {w.notJson} {problem}
              </p>
            )}
          </section>
          {encoding && <Findings findings={encoding.findings} />}
          {encoding && <RetentionTable encoding={encoding} />}
        </div>
        {encoding && <PromptView encoding={encoding} />}
      </div>
    </main>
  );
}

function SourceSelect({ chosen }: { chosen: string }) {
  const w = words();
  const list = useResource<{ conversations: ConversationSummary[] }>("conversations");
  return (
    <label>
      {w.source}
      <select
        value={chosen}
        onChange={({ currentTarget: { value } }) =>
          navigate(value === "" ? "/prompt" : `/prompt?conversation=${encodeURIComponent(value)}`)
        }
      >
        <option value="">{w.pasted}</option>
        {list.value?.conversations.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The answer to what was typed last; what was typed wrongly leaves the last one standing. */
function useEncoding(text: string, host: string): { encoding: Encoding | undefined; problem: string } {
  const [encoding, setEncoding] = useState<Encoding>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (text.trim() === "") return;
    const gone = new AbortController();
    const ask = async () => {
      const value: unknown = JSON.parse(text);
      const body = Array.isArray(value) ? { messages: value } : value;
      const response = await request(`encode?profile=${host}`, { method: "POST", body, signal: gone.signal });
      setEncoding((await response.json()) as Encoding);
      setProblem("");
    };
    const timer = setTimeout(() => {
      ask().catch((error: Error) => gone.signal.aborted || setProblem(error.message));
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [text, host]);
  return { encoding, problem };
}
