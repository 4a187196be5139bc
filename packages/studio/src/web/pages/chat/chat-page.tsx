/** The page people see first: conversations, the thread of one, and where one writes. */
import "./chat.css";
import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { ServerFacts } from "../../../wire/server-facts.js";
import { BASE, navigate } from "../../shell/router.js";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { useResource } from "../../ui/use-resource.js";
import type { PageProps } from "../page.js";
import { loadServerTools, send, serverTools } from "./answers.js";
import { loadMarkdown } from "./block-view.js";
import type { Chat } from "./chat.js";
import { chatRequest } from "./chat-request.js";
import { Composer } from "./composer.js";
import { ConversationList } from "./conversation-list.js";
import { adopt, chatOf, lastSettings, newChat, remove } from "./library.js";
import { SettingsPanel } from "./settings-panel.js";
import { Thread } from "./thread.js";
import { pathTo } from "./tree.js";
import { words } from "./words.js";

export default function ChatPage({ params: { id } }: PageProps) {
  const w = words();
  const [isListOpen, setListOpen] = useState(false);
  const [opened, setOpened] = useState<{ chat: Chat } | "gone">();
  const facts = useResource<ServerFacts>("server");
  useEffect(() => {
    loadMarkdown();
    void loadServerTools();
  }, [facts.value]);
  useEffect(() => open(id, setOpened), [id]);
  return (
    <main class={`chat ${isListOpen ? "list-open" : ""}`}>
      <ConversationList current={id} onChoose={() => setListOpen(false)} />
      {isListOpen && <div class="veil" aria-hidden="true" onClick={() => setListOpen(false)} />}
      <div class="pane">
        {opened === "gone" ? (
          <div class="column">
            <h1>{w.title}</h1>
            <p>{w.gone}</p>
          </div>
        ) : (
          opened && (
            <Conversation
              key={opened.chat.id}
              chat={opened.chat}
              model={facts.value?.model.id}
              onList={() => setListOpen(!isListOpen)}
            />
          )
        )}
      </div>
    </main>
  );
}

/** Opens the conversation of an address, or a new one. */
function open(id: string | undefined, show: (opened: { chat: Chat } | "gone") => void): () => void {
  let isLeft = false;
  if (id === undefined) {
    const chat = newChat(lastSettings());
    show({ chat });
    // Something was asked in it: from now on it has an address.
    return effect(() => {
      if (chat.conversation.value.messages.length === 0) return;
      adopt(chat);
      if (!isLeft) queueMicrotask(() => navigate(`/chat/${chat.id}`, { replace: true }));
      isLeft = true;
    });
  }
  chatOf(id).then(
    (chat) => isLeft || show({ chat }),
    () => isLeft || show("gone"),
  );
  return () => {
    isLeft = true;
  };
}

function Conversation({ chat, model, onList }: { chat: Chat; model: string | undefined; onList(): void }) {
  const [hasSettings, setSettings] = useState(false);
  const isEmpty = chat.conversation.value.messages.length === 0;
  return (
    <>
      <div class="conversation">
        <Head chat={chat} onList={onList} onSettings={() => setSettings(!hasSettings)} hasSettings={hasSettings} />
        {isEmpty ? <Welcome chat={chat} model={model} /> : <Thread chat={chat} />}
        <div class="foot">
          <Composer chat={chat} onSend={() => undefined} />
        </div>
      </div>
      {hasSettings && <SettingsPanel chat={chat} onClose={() => setSettings(false)} />}
    </>
  );
}

function Head({
  chat,
  onList,
  onSettings,
  hasSettings,
}: {
  chat: Chat;
  onList(): void;
  onSettings(): void;
  hasSettings: boolean;
}) {
  const w = words();
  const { id, title, messages } = chat.conversation.value;
  return (
    <header class="chat-head">
      <button type="button" class="ghost list-button" title={w.showList} onClick={onList}>
        <Icon shapes={icons.list} />
        <span class="unseen">{w.showList}</span>
      </button>
      <h1>{title || w.untitled}</h1>
      {!chat.isSaved.value && messages.length > 0 && <span class="unsaved" title={w.notSaved} />}
      <span class="head-actions">
        {messages.length > 0 && (
          <>
            <a class="ghost button" href={`${BASE}/prompt?conversation=${id}`} title={w.contract}>
              <Icon shapes={icons.prompt} />
              <span class="unseen">{w.contract}</span>
            </a>
            <button type="button" class="ghost" title={w.export} onClick={() => download(chat)}>
              <Icon shapes={icons.export} />
              <span class="unseen">{w.export}</span>
            </button>
            <DeleteButton chat={chat} />
          </>
        )}
        <button type="button" class="ghost" title={w.settings} aria-expanded={hasSettings} onClick={onSettings}>
          <Icon shapes={icons.sliders} />
          <span class="unseen">{w.settings}</span>
        </button>
      </span>
    </header>
  );
}

/** Asks once more, in its own place. */
function DeleteButton({ chat }: { chat: Chat }) {
  const w = words();
  const [asks, setAsks] = useState(false);
  const click = async () => {
    if (!asks) return setAsks(true);
    await remove(chat);
    navigate("/chat");
  };
  return (
    <button
      type="button"
      class={asks ? "danger" : "ghost"}
      title={w.deleteChat}
      onClick={() => void click()}
      onBlur={() => setAsks(false)}
    >
      {asks ? w.reallyDelete : <Icon shapes={icons.trash} />}
      {!asks && <span class="unseen">{w.deleteChat}</span>}
    </button>
  );
}

function download(chat: Chat): void {
  const conversation = chat.conversation.value;
  const { title, current, settings } = conversation;
  const body = chatRequest(pathTo(conversation, current), settings, serverTools.value);
  const url = URL.createObjectURL(
    new Blob([JSON.stringify({ title, ...body }, null, 2)], { type: "application/json" }),
  );
  const link = document.createElement("a");
  link.href = url;
  link.download = `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) || "conversation"}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

function Welcome({ chat, model }: { chat: Chat; model: string | undefined }) {
  const w = words();
  return (
    <div class="welcome">
      <img src={`${BASE}/favicon.svg`} alt="" width="56" height="56" />
      <p class="greeting">{w.welcome}</p>
      <p class="quiet">
        {model && <code>{model}</code>} {w.onThisMachine}
      </p>
      <ul class="examples" aria-label={w.examples}>
        {[w.example1, w.example2, w.example3].map((example) => (
          <li key={example}>
            <button type="button" onClick={() => send(chat, example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
