import { useState } from "preact/hooks";
import type { MessageNode, ToolResult } from "../../../wire/conversation.js";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { decide, deny, runCall, serverTools } from "./answers.js";
import { LongText } from "./block-view.js";
import type { Chat } from "./chat.js";
import { words } from "./words.js";

interface CallProps {
  chat: Chat;
  node: MessageNode;
  index: number;
}

/** A call of a tool: what is asked, the decision, the result. */
export function ToolCard({ chat, node, index }: CallProps) {
  const w = words();
  const { name, arguments: text } = node.message.tool_calls![index]!.function;
  const result = node.results?.[index];
  return (
    <section class={`tool-card ${result ? (result.by === "denied" ? "denied" : "done") : "waiting"}`} aria-label={name}>
      <p class="tool-head">
        <Icon shapes={icons.tool} />
        <span class="quiet">{result ? (result.by === "denied" ? w.denied : w.callDone) : w.callWaits}</span>
        <code>{name}</code>
      </p>
      <Arguments text={text} />
      {result ? <Result result={result} /> : <Decision chat={chat} node={node} index={index} />}
    </section>
  );
}

/** Arguments as they stream in, and as a table of names and values once they are whole. */
export function Arguments({ text }: { text: string }) {
  const fields = fieldsOf(text);
  if (!fields) return <LongText text={text} />;
  return (
    <dl class="arguments">
      {Object.entries(fields).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <LongText text={typeof value === "string" ? value : JSON.stringify(value, null, 2)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function fieldsOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function Result({ result }: { result: ToolResult }) {
  const w = words();
  if (result.by === "denied") return null;
  return (
    <div class={result.isError ? "tool-result bad" : "tool-result"}>
      <span class="quiet">{w.result}</span>
      <LongText text={result.content} />
    </div>
  );
}

function Decision({ chat, node, index }: CallProps) {
  const w = words();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const { name } = node.message.tool_calls![index]!.function;
  const runs = serverTools.value.some((tool) => tool.function.name === name);
  const run = async () => {
    setBusy(true);
    await runCall(chat, node, index).catch((error: Error) => setProblem(error.message));
    setBusy(false);
  };
  return (
    <form
      class="decision"
      onSubmit={(event) => {
        event.preventDefault();
        if (runs) void run();
        else decide(chat, node, index, { content: typed, by: "user" });
      }}
    >
      {!runs && (
        <textarea
          rows={2}
          aria-label={`${w.resultFor} ${name}`}
          placeholder={w.result}
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      )}
      <span class="buttons">
        <button type="submit" class="primary" disabled={isBusy}>
          {runs ? w.run : w.giveResult}
        </button>
        <button type="button" onClick={() => deny(chat, node, index)}>
          {w.deny}
        </button>
      </span>
      {problem !== "" && (
        <p class="problem" role="alert">
          {w.callFailed} {problem}
        </p>
      )}
    </form>
  );
}
