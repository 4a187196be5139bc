import { diagnoseRequest, keepsReasoning, RETENTION_POLICIES } from "@cachalot/chat";
import { useState } from "preact/hooks";
import type { LoadedModel } from "../model/model-state.js";
import { calls, messages, requestFor } from "../talk.js";
import { type ShownToken, tokensOfCall, tokensOfPrompt } from "../token-view.js";
import { words } from "../words.js";

const ROLES = ["system", "user", "assistant", "tool", "answer"] as const;

/** The contract: the exact prompt with token boundaries, the reasoning that is kept, what the doctor says. */
export function PromptView({ model }: { model: LoadedModel }) {
  const w = words();
  const [chosen, setChosen] = useState<number>();
  const at = Math.min(chosen ?? calls.value.length - 1, calls.value.length - 1);
  const call = calls.value[at];
  const request = call?.request ?? requestFor([{ role: "user", content: w.placeholder }]);
  const tokens = call ? tokensOfCall(model.tokenizer, call) : tokensOfPrompt(model.tokenizer, request);
  return (
    <section aria-label={w.prompt}>
      <p>{call ? w.promptIntro : `${w.promptIntro} ${w.promptNext}`}</p>
      <div class="row">
        {calls.value.length > 1 && (
          <label>
            {w.call}{" "}
            <select value={at} onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}>
              {calls.value.map(({ tokens: { promptIds, ids } }, i) => (
                <option key={i} value={i}>
                  {i + 1}: {promptIds.length} + {ids.length}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="quiet">
          {tokens.length} {w.tokens}
        </span>
        {ROLES.map((role) => (
          <span key={role} class={`tokens key ${role}`}>
            <span class="token">{w[`role_${role}`]}</span>
          </span>
        ))}
      </div>
      <Tokens tokens={tokens} />
      <Retention />
      <h2>{w.findings}</h2>
      <Findings request={request} />
    </section>
  );
}

function Tokens({ tokens }: { tokens: readonly ShownToken[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboards scroll it
    <div class="tokens exact" tabIndex={0}>
      {tokens.map(({ id, text, bytes, special, role }, i) => (
        <span key={i} class={`token ${role}${special ? " special" : ""}`} title={`${id}: ${bytes}`} data-id={id}>
          {text}
        </span>
      ))}
    </div>
  );
}

function Retention() {
  const w = words();
  const next = [...messages.value, { role: "user" as const, content: "…" }];
  const reasonings = next.map((message) => message.role === "assistant" && !!message.reasoning_content);
  const count = reasonings.filter(Boolean).length;
  return (
    <>
      <h2>{w.retention}</h2>
      {count === 0 ? (
        <p class="quiet">{w.noReasoning}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{w.policy}</th>
              <th class="number">{w.keeps}</th>
              <th class="number">{w.drops}</th>
            </tr>
          </thead>
          <tbody>
            {RETENTION_POLICIES.map((policy) => {
              const kept = keepsReasoning(next, policy).filter((keeps, i) => keeps && reasonings[i]).length;
              return (
                <tr key={policy}>
                  <td>
                    <code>{policy}</code>
                  </td>
                  <td class="number">{kept}</td>
                  <td class="number">{count - kept}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </>
  );
}

function Findings({ request }: { request: ReturnType<typeof requestFor> }) {
  const w = words();
  const findings = diagnoseRequest({ messages: request.messages, tools: request.tools });
  if (findings.length === 0) return <p class="quiet">{w.noFindings}</p>;
  return (
    <ul>
      {findings.map(({ rule, path, message }) => (
        <li key={`${rule} ${path}`}>
          <code>{path}</code> {message}
        </li>
      ))}
    </ul>
  );
}
