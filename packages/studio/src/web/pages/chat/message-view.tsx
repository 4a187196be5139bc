/** One message of the thread: a question, or an answer with its thinking, calls and state. */
import { useMemo, useState } from "preact/hooks";
import type { Making, MessageNode } from "../../../wire/conversation.js";
import { CopyButton } from "../../ui/copy-button.js";
import { number } from "../../ui/format.js";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { useNear } from "../../ui/use-near.js";
import { again, edit, liveOf } from "./answers.js";
import { Blocks, LongText } from "./block-view.js";
import { blocksOf } from "./blocks.js";
import type { Chat } from "./chat.js";
import type { Live } from "./live.js";
import { Thinking } from "./thinking.js";
import { Arguments, ToolCard } from "./tool-card.js";
import { newestLeaf } from "./tree.js";
import { words } from "./words.js";

interface MessageProps {
  chat: Chat;
  node: MessageNode;
  /** It and those in its place, by id. */
  siblings: readonly string[];
}

export function MessageView(props: MessageProps) {
  return props.node.message.role === "user" ? <Question {...props} /> : <Answer {...props} />;
}

function Question({ chat, node, siblings }: MessageProps) {
  const w = words();
  const [isEdited, setEdited] = useState(false);
  const text = node.message.content ?? "";
  if (isEdited) return <EditQuestion chat={chat} node={node} onEnd={() => setEdited(false)} />;
  return (
    <article class="message question" aria-label={w.you}>
      <div class="bubble">
        <LongText text={text} />
      </div>
      <div class="actions">
        <Branches chat={chat} node={node} siblings={siblings} />
        <CopyButton text={text} />
        <button type="button" class="ghost" title={w.edit} onClick={() => setEdited(true)}>
          <Icon shapes={icons.edit} />
          <span class="unseen">{w.edit}</span>
        </button>
      </div>
    </article>
  );
}

function EditQuestion({ chat, node, onEnd }: { chat: Chat; node: MessageNode; onEnd(): void }) {
  const w = words();
  const [text, setText] = useState(node.message.content ?? "");
  const submit = () => {
    onEnd();
    edit(chat, node, text);
  };
  return (
    <form
      class="message question editing"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        rows={3}
        aria-label={w.edit}
        ref={(area) => area?.focus()}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onEnd();
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            if (text.trim() !== "") submit();
          }
        }}
      />
      <span class="buttons">
        <button type="submit" class="primary" disabled={text.trim() === ""}>
          {w.saveAndAsk}
        </button>
        <button type="button" onClick={onEnd}>
          {w.cancel}
        </button>
      </span>
    </form>
  );
}

function Answer(props: MessageProps) {
  const { node } = props;
  const live = node.making?.state === "running" ? liveOf(node.id) : undefined;
  return live ? <LiveView live={live.value} /> : <WholeAnswer {...props} />;
}

function LiveView({ live }: { live: Live }) {
  const w = words();
  const isThinking = live.content === "" && live.calls.length === 0;
  return (
    <article class="message answer" aria-label={w.assistant} aria-busy="true">
      {live.reasoning === "" && isThinking && <p class="waiting-dots" aria-hidden="true" />}
      {live.reasoning !== "" && (
        <Thinking
          text={live.reasoning}
          tokens={live.thought}
          seconds={undefined}
          since={isThinking ? live.startedAt : undefined}
        />
      )}
      <Blocks done={live.done} open={live.open} />
      {live.calls.map((call) => (
        <section key={call.id} class="tool-card waiting" aria-label={call.name}>
          <p class="tool-head">
            <Icon shapes={icons.tool} />
            <code>{call.name}</code>
          </p>
          <Arguments text={call.arguments} />
        </section>
      ))}
      {live.isCut && (
        <p class="state" role="status">
          <Icon shapes={icons.warn} />
          {w.cut}
        </p>
      )}
    </article>
  );
}

function WholeAnswer({ chat, node, siblings }: MessageProps) {
  const w = words();
  const { message, making } = node;
  const [ref, isNear] = useNear<HTMLElement>();
  const text = message.content ?? "";
  const blocks = useMemo(() => (isNear ? blocksOf(text) : undefined), [text, isNear]);
  return (
    <article class="message answer" aria-label={w.assistant} ref={ref}>
      {message.reasoning_content && (
        <Thinking
          text={message.reasoning_content}
          tokens={making?.usage?.reasoningTokens}
          seconds={making?.reasoningSeconds}
        />
      )}
      {blocks ? (
        <Blocks done={blocks} />
      ) : (
        <div class="prose">
          <LongText text={text} />
        </div>
      )}
      {message.tool_calls?.map((call, i) => (
        <ToolCard key={call.id ?? i} chat={chat} node={node} index={i} />
      ))}
      <State chat={chat} node={node} making={making} />
      <div class="actions">
        <Branches chat={chat} node={node} siblings={siblings} />
        <CopyButton text={text} />
        <button type="button" class="ghost" title={w.again} onClick={() => again(chat, node)}>
          <Icon shapes={icons.again} />
          <span class="unseen">{w.again}</span>
        </button>
        <Figures making={making} />
      </div>
    </article>
  );
}

/** What kept an answer from being whole. */
function State({ chat, node, making }: { chat: Chat; node: MessageNode; making: Making | undefined }) {
  const w = words();
  const text = stateText(making, w);
  if (text === undefined) return null;
  const retries = making?.state !== "done" && making?.state !== "stopped";
  return (
    <p class="state" role="status">
      <Icon shapes={icons.warn} />
      <span>{text}</span>
      {retries && (
        <button type="button" onClick={() => again(chat, node)}>
          {making?.state === "unsent" ? w.sendAgain : w.again}
        </button>
      )}
    </p>
  );
}

function stateText(making: Making | undefined, w: ReturnType<typeof words>): string | undefined {
  switch (making?.state) {
    case "unsent":
      return w.unsent;
    case "lost":
      return w.lost;
    case "stopped":
      return w.stopped;
    case "failed":
      return `${w.failed} ${making.problem ?? ""}`;
    default:
      return making?.finish === "length" ? w.length : undefined;
  }
}

function Figures({ making }: { making: Making | undefined }) {
  const w = words();
  if (!making?.usage || !making.seconds) return null;
  const { completionTokens } = making.usage;
  const speed = (completionTokens / making.seconds).toLocaleString(undefined, { maximumFractionDigits: 0 });
  return (
    <span class="figures">
      {number(completionTokens)} {w.tokens} · {speed} {w.perSecond}
    </span>
  );
}

/** Which of several versions is shown, and the way to the others. */
function Branches({ chat, node, siblings }: MessageProps) {
  const w = words();
  if (siblings.length < 2) return null;
  const at = siblings.indexOf(node.id);
  const go = (index: number) => () =>
    chat.change((conversation) => ({ ...conversation, current: newestLeaf(conversation, siblings[index]!) }));
  return (
    <span class="branches">
      <button type="button" class="ghost" title={w.earlier} disabled={at === 0} onClick={go(at - 1)}>
        <Icon shapes={icons.left} />
        <span class="unseen">{w.earlier}</span>
      </button>
      <span>
        {at + 1}/{siblings.length}
      </span>
      <button type="button" class="ghost" title={w.later} disabled={at === siblings.length - 1} onClick={go(at + 1)}>
        <Icon shapes={icons.right} />
        <span class="unseen">{w.later}</span>
      </button>
    </span>
  );
}
