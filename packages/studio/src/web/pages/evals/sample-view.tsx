import type { EvalSample } from "../../../wire/evals.js";
import { BASE } from "../../shell/router.js";
import { Conversation, type Said } from "../../ui/conversation.js";
import { number } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { VerdictBadge } from "./verdict-badge.js";
import { words } from "./words.js";

type Detail = EvalSample & { messages: Said[]; finishReason?: string };

/** One attempt: what was asked, thought, called and answered, and why it counts as it does. */
export function SampleView({ id, n }: { id: string; n: number }) {
  const w = words();
  const address = `${BASE}/evals/${encodeURIComponent(id)}`;
  const { value, error } = useResource<Detail>(`evals/${encodeURIComponent(id)}/samples/${n}`);
  return (
    <main>
      <nav class="bar back" aria-label={w.samples}>
        <a href={address}>← {id}</a>
        {n > 0 && <a href={`${address}/${n - 1}`}>{w.previous}</a>}
        <a href={`${address}/${n + 1}`}>{w.next}</a>
      </nav>
      <h1>{value?.item ?? `${w.sample} ${n + 1}`}</h1>
      {error && <p class="error">{error}</p>}
      {value && (
        <>
          <dl class="cards">
            <div>
              <dt>{w.verdict}</dt>
              <dd>
                <VerdictBadge sample={value} />
              </dd>
            </div>
            <div>
              <dt>{w.answer}</dt>
              <dd>{value.answer?.slice(0, 200) ?? w.noAnswer}</dd>
            </div>
            <div>
              <dt>{w.gold}</dt>
              <dd>{value.gold.slice(0, 200)}</dd>
            </div>
            <div>
              <dt>{w.tokens}</dt>
              <dd>
                {number(value.tokens)}{" "}
                <span class="quiet small">
                  {number(value.thinkingTokens)} {w.thinking}
                </span>
              </dd>
            </div>
          </dl>
          <p>
            <b>{w.why}:</b> {value.because}
          </p>
          <h2>{w.prompt}</h2>
          <Conversation messages={value.messages} />
        </>
      )}
    </main>
  );
}
