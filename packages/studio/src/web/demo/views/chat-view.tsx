import type { AssistantMessage, ChatMessage } from "@cachalot/chat";
import { useState } from "preact/hooks";
import type { LoadedModel } from "../model/model-state.js";
import { ask, calls, clear, messages, stop, temperature, thinkingMode, trouble, writing } from "../talk.js";
import { words } from "../words.js";

const EXAMPLES = ["What is 348 + 1297?", "What is (17 + 5) * 12?", "Hello! Who are you?", "请计算 64 * 25。"];
const TEMPERATURES = [0, 0.5, 1];

export function ChatView({ model }: { model: LoadedModel | undefined }) {
  const w = words();
  const isBusy = writing.value !== undefined || awaitsAnswer(messages.value);
  return (
    <section class="chat" aria-label={w.chat}>
      <div class="thread" role="log" aria-busy={isBusy}>
        {messages.value.length === 0 && <p class="quiet">{w.emptyChat}</p>}
        {messages.value.map((message, i) => (
          <Message key={i} message={message} />
        ))}
        {writing.value && <Message message={writing.value} />}
        {trouble.value && <p role="alert">{trouble.value}</p>}
      </div>
      <Figures />
      <Examples model={model} isBusy={isBusy} />
      <Composer model={model} isBusy={isBusy} />
    </section>
  );
}

function awaitsAnswer(conversation: readonly ChatMessage[]): boolean {
  const last = conversation.at(-1)?.role;
  return (last === "user" || last === "tool") && trouble.value === "";
}

function Message({ message }: { message: ChatMessage }) {
  const w = words();
  if (message.role === "tool")
    return (
      <article class="result">
        <b>{w.tool}</b> <code>= {message.content}</code>
      </article>
    );
  if (message.role !== "assistant")
    return (
      <article class="user">
        <b>{w.user}</b>
        <p>{message.content}</p>
      </article>
    );
  return <Answer message={message} />;
}

function Answer({ message }: { message: AssistantMessage }) {
  const w = words();
  return (
    <article class="answer">
      <b>{w.assistant}</b>
      {message.reasoning_content && (
        <details open>
          <summary>{w.thinking}</summary>
          <p class="quiet">{message.reasoning_content}</p>
        </details>
      )}
      {message.content && <p>{message.content}</p>}
      {(message.tool_calls ?? []).map(({ id, function: { name, arguments: text } }) => (
        <p key={id ?? text} class="call">
          {name} <code>{text}</code>
        </p>
      ))}
    </article>
  );
}

function Figures() {
  const w = words();
  const [first] = calls.value;
  const last = calls.value.at(-1);
  if (!first || !last) return null;
  return (
    <p class="quiet figures" data-first-token-ms={first.firstTokenMs} data-tokens-per-second={last.tokensPerSecond}>
      {(last.firstTokenMs / 1000).toFixed(2)} {w.seconds} {w.firstToken} · {last.tokensPerSecond.toFixed(0)}{" "}
      {w.tokensPerSecond} · {last.tokens.promptIds.length} + {last.tokens.ids.length} {w.tokens} · {last.cachedTokens}{" "}
      {w.cached}
    </p>
  );
}

function Examples({ model, isBusy }: { model: LoadedModel | undefined; isBusy: boolean }) {
  const w = words();
  if (messages.value.length > 0) return null;
  return (
    <ul class="examples" aria-label={w.examples}>
      {EXAMPLES.map((example) => (
        <li key={example}>
          <button type="button" disabled={!model || isBusy} onClick={() => model && void ask(model, example)}>
            {example}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Composer({ model, isBusy }: { model: LoadedModel | undefined; isBusy: boolean }) {
  const w = words();
  const [text, setText] = useState("");
  const send = () => {
    if (!model || isBusy || text.trim() === "") return;
    void ask(model, text.trim());
    setText("");
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        aria-label={w.question}
        placeholder={w.placeholder}
        rows={2}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="row">
        <label>
          <input
            type="checkbox"
            checked={thinkingMode.value === "thinking"}
            onChange={({ currentTarget }) => {
              thinkingMode.value = currentTarget.checked ? "thinking" : "chat";
            }}
          />{" "}
          {w.thinkingSwitch}
        </label>
        <label>
          {w.sample}{" "}
          <select
            value={temperature.value}
            onChange={({ currentTarget }) => {
              temperature.value = Number(currentTarget.value);
            }}
          >
            {TEMPERATURES.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
        <span class="gap" />
        {messages.value.length > 0 && !isBusy && (
          <button type="button" onClick={clear}>
            {w.clear}
          </button>
        )}
        {isBusy ? (
          <button type="button" onClick={stop}>
            {w.stop}
          </button>
        ) : (
          <button type="submit" class="primary" disabled={!model}>
            {w.send}
          </button>
        )}
      </div>
    </form>
  );
}
