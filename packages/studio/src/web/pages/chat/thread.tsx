import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { liveOf } from "./answers.js";
import type { Chat } from "./chat.js";
import { MessageView } from "./message-view.js";
import { pathTo, siblingsOf } from "./tree.js";
import { words } from "./words.js";

/** So near to its end, in pixels, a thread is followed as it grows. */
const NEAR_END = 60;

/** The branch that is shown. Results of tools are shown with their calls. */
export function Thread({ chat }: { chat: Chat }) {
  const w = words();
  const { messages, current } = chat.conversation.value;
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);
  const shown = useMemo(() => {
    const path = pathTo({ messages }, current);
    const siblings = siblingsOf({ messages }, path);
    return path
      .filter(({ message }) => message.role !== "tool")
      .map((node) => <MessageView key={node.id} chat={chat} node={node} siblings={siblings.get(node.id)!} />);
  }, [chat, messages, current]);
  const from = useFirstShown(chat.id, shown.length);
  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (follows.current) toEnd();
  }, [messages, current]);
  useEffect(() => {
    const inner = box.current?.firstElementChild;
    if (!inner) return;
    const grown = new ResizeObserver(() => {
      if (follows.current) toEnd();
    });
    grown.observe(inner);
    return () => grown.disconnect();
  }, []);
  return (
    <div class="thread-box">
      <div
        class="thread"
        ref={box}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
          setAtEnd(follows.current);
        }}
      >
        <div class="column">{from === 0 ? shown : shown.slice(from)}</div>
      </div>
      {!isAtEnd && (
        <button type="button" class="round to-end" title={w.toEnd} onClick={toEnd}>
          <Icon shapes={icons.down} />
          <span class="unseen">{w.toEnd}</span>
        </button>
      )}
      <Announcer chat={chat} />
    </div>
  );
}

/** How many messages are drawn before anything else is: more than a screen. */
const AT_ONCE = 40;

/** The end of a long conversation is there at once; what is before it follows when the browser has time. */
function useFirstShown(id: string, count: number): number {
  const [whole, setWhole] = useState(count <= AT_ONCE ? id : "");
  useEffect(() => {
    if (whole === id) return;
    const timer = setTimeout(() => setWhole(id), 100);
    return () => clearTimeout(timer);
  }, [whole, id]);
  return whole === id ? 0 : Math.max(0, count - AT_ONCE);
}

/** Tells a screen reader once that an answer is there, instead of every token. */
function Announcer({ chat }: { chat: Chat }) {
  const { messages, current } = chat.conversation.value;
  const node = messages.find(({ id }) => id === current);
  const isDone = node?.making?.state === "done" && liveOf(node.id) === undefined;
  return (
    <p class="unseen" aria-live="polite">
      {isDone ? (node.message.content ?? "").slice(0, 500) : ""}
    </p>
  );
}
