import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { isAnswering, send, stop } from "./answers.js";
import type { Chat } from "./chat.js";
import { rememberSettings } from "./library.js";
import { words } from "./words.js";

/** Where one writes. Its text is its own state, so that typing draws nothing else anew; it is kept until it is sent. */
export function Composer({ chat, onSend }: { chat: Chat; onSend(): void }) {
  const w = words();
  const draft = `draft-${chat.conversation.value.messages.length === 0 ? "new" : chat.id}`;
  const [text, setText] = useState(() => localStorage.getItem(draft) ?? "");
  const area = useRef<HTMLTextAreaElement>(null);
  const isBusy = isAnswering(chat);
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) area.current?.focus();
  }, []);
  const write = (written: string) => {
    setText(written);
    if (written === "") localStorage.removeItem(draft);
    else localStorage.setItem(draft, written);
  };
  const submit = () => {
    if (text.trim() === "" || isBusy) return;
    write("");
    send(chat, text);
    onSend();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={area}
        rows={1}
        aria-label={w.message}
        placeholder={w.ask}
        value={text}
        onInput={({ currentTarget }) => write(currentTarget.value)}
        onKeyDown={(event) => {
          // Enter ends a composed word in Chinese and Japanese; 229 is what older browsers say of it.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          submit();
        }}
      />
      <div class="composer-row">
        <ThinkingSwitch chat={chat} />
        {isBusy ? (
          <button type="button" class="round" title={w.stop} onClick={() => stop(chat)}>
            <Icon shapes={icons.stop} />
            <span class="unseen">{w.stop}</span>
          </button>
        ) : (
          <button type="submit" class="round primary" title={w.send} disabled={text.trim() === ""}>
            <Icon shapes={icons.send} />
            <span class="unseen">{w.send}</span>
          </button>
        )}
      </div>
    </form>
  );
}

function ThinkingSwitch({ chat }: { chat: Chat }) {
  const { settings } = chat.conversation.value;
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={settings.thinking}
      onClick={() => {
        const changed = { ...settings, thinking: !settings.thinking };
        rememberSettings(changed);
        if (chat.conversation.value.messages.length > 0) chat.change((now) => ({ ...now, settings: changed }));
        else chat.conversation.value = { ...chat.conversation.value, settings: changed };
      }}
    >
      <Icon shapes={icons.thought} />
      {words().thinkingSwitch}
    </button>
  );
}
