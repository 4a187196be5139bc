import { useEffect, useState } from "preact/hooks";
import { BASE, navigate } from "../../shell/router.js";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { Chat } from "./chat.js";
import { importConversation } from "./chat-request.js";
import { adopt, found, lastSettings, loadList, search, summaries } from "./library.js";
import { words } from "./words.js";

const SEARCH_MS = 200;

/** Every conversation, found by its words. */
export function ConversationList({ current, onChoose }: { current: string | undefined; onChoose(): void }) {
  const w = words();
  const [text, setText] = useState("");
  useEffect(() => {
    void loadList();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void search(text.trim()), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const shown = found.value ?? summaries.value;
  return (
    <nav class="conversations" aria-label={w.conversations}>
      <a class="new-chat" href={`${BASE}/chat`} onClick={onChoose}>
        <Icon shapes={icons.plus} />
        {w.newChat}
      </a>
      <input
        type="search"
        aria-label={w.search}
        placeholder={w.search}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {shown.length === 0 && <p class="quiet none">{found.value ? w.noneFound : w.none}</p>}
      <ul>
        {shown.map(({ id, title, found: place }) => (
          <li key={id}>
            <a href={`${BASE}/chat/${id}`} aria-current={id === current ? "page" : undefined} onClick={onChoose}>
              <span class="title">{title || w.untitled}</span>
              {place && <span class="place">{place}</span>}
            </a>
          </li>
        ))}
      </ul>
      <Import onChoose={onChoose} />
    </nav>
  );
}

function Import({ onChoose }: { onChoose(): void }) {
  const w = words();
  const [problem, setProblem] = useState("");
  const read = async (file: File) => {
    try {
      const conversation = importConversation(JSON.parse(await file.text()), lastSettings(), Date.now());
      const chat = new Chat({ conversation, etag: undefined, isSaved: false });
      adopt(chat);
      void chat.save();
      setProblem("");
      onChoose();
      navigate(`/chat/${conversation.id}`);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <div class="import">
      <label class="ghost button">
        <Icon shapes={icons.import} />
        {w.import}
        <input
          type="file"
          class="unseen"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) void read(file);
            currentTarget.value = "";
          }}
        />
      </label>
      {problem !== "" && (
        <p class="problem" role="alert">
          {w.importFailed} {problem}
        </p>
      )}
    </div>
  );
}
