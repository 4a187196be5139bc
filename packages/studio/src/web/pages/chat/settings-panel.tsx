import { useState } from "preact/hooks";
import type { ChatSettings } from "../../../wire/conversation.js";
import { Icon } from "../../ui/icon.js";
import { icons } from "../../ui/icons.js";
import { serverTools } from "./answers.js";
import type { Chat } from "./chat.js";
import { parseTools } from "./chat-request.js";
import { rememberSettings } from "./library.js";
import { words } from "./words.js";

/** What is asked of the model beside the messages. */
export function SettingsPanel({ chat, onClose }: { chat: Chat; onClose(): void }) {
  const w = words();
  const { settings } = chat.conversation.value;
  const change = (changed: Partial<ChatSettings>) => {
    const all = { ...chat.conversation.value.settings, ...changed };
    rememberSettings(all);
    // An empty conversation is not worth keeping yet.
    if (chat.conversation.value.messages.length > 0) chat.change((now) => ({ ...now, settings: all }));
    else chat.conversation.value = { ...chat.conversation.value, settings: all };
  };
  return (
    <section
      class="chat-settings"
      aria-label={w.settings}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h2>{w.settings}</h2>
        <button type="button" class="ghost" title={w.close} onClick={onClose}>
          <Icon shapes={icons.close} />
          <span class="unseen">{w.close}</span>
        </button>
      </header>
      <label>
        {w.system}
        <textarea
          rows={4}
          placeholder={w.systemHint}
          value={settings.system}
          onInput={({ currentTarget }) => change({ system: currentTarget.value })}
        />
      </label>
      <ServerTools settings={settings} change={change} />
      <ToolsEditor settings={settings} change={change} />
      <div class="numbers">
        <NumberField
          label={w.temperature}
          value={settings.temperature}
          min={0}
          max={2}
          step={0.1}
          onChange={(temperature) => change({ temperature })}
        />
        <NumberField
          label={w.topP}
          value={settings.topP}
          min={0.05}
          max={1}
          step={0.05}
          onChange={(topP) => change({ topP })}
        />
        <NumberField
          label={w.maxTokens}
          value={settings.maxTokens}
          min={1}
          max={1_000_000}
          step={1}
          onChange={(maxTokens) => change({ maxTokens })}
        />
        <NumberField
          label={w.seed}
          value={settings.seed}
          min={0}
          max={2 ** 31}
          step={1}
          onChange={(seed) => change({ seed })}
        />
      </div>
    </section>
  );
}

interface PartProps {
  settings: ChatSettings;
  change(changed: Partial<ChatSettings>): void;
}

function ServerTools({ settings, change }: PartProps) {
  const w = words();
  if (serverTools.value.length === 0) return null;
  return (
    <fieldset>
      <legend>{w.serverTools}</legend>
      {serverTools.value.map(({ function: { name, description } }) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={settings.serverTools.includes(name)}
            onChange={({ currentTarget }) =>
              change({
                serverTools: currentTarget.checked
                  ? [...settings.serverTools, name]
                  : settings.serverTools.filter((other) => other !== name),
              })
            }
          />
          <span>
            <code>{name}</code> <span class="quiet">{description}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Wrong JSON stays where it was typed, and is not used before it is right. */
function ToolsEditor({ settings, change }: PartProps) {
  const w = words();
  const [text, setText] = useState(settings.tools);
  const problem = problemOf(text);
  return (
    <label>
      {w.tools}
      <textarea
        class="code-input"
        rows={6}
        spellcheck={false}
        placeholder={'[{"type": "function", "function": {"name": "get_weather", "parameters": {…}}}]'}
        value={text}
        aria-invalid={problem !== undefined}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          if (problemOf(value) === undefined) change({ tools: value });
        }}
      />
      {problem === undefined ? (
        <span class="hint">{w.toolsHint}</span>
      ) : (
        <span class="problem" role="alert">
          {w.toolsWrong} {problem}
        </span>
      )}
    </label>
  );
}

function problemOf(text: string): string | undefined {
  try {
    parseTools(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function NumberField({
  label,
  value,
  min,
  max,
  step,
  onChange,
}: {
  label: string;
  value: number | undefined;
  min: number;
  max: number;
  step: number;
  onChange(value: number | undefined): void;
}) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={min}
        max={max}
        step={step}
        placeholder={words().asModel}
        value={value ?? ""}
        onChange={({ currentTarget }) => {
          const number = currentTarget.valueAsNumber;
          onChange(Number.isFinite(number) ? Math.min(max, Math.max(min, number)) : undefined);
        }}
      />
    </label>
  );
}
