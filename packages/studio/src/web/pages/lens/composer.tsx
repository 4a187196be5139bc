import { useSignal } from "@preact/signals";
import type { LensList } from "../../../wire/lens.js";
import { getJson } from "../../api.js";
import { BASE, navigate } from "../../shell/router.js";
import { language } from "../../shell/settings.js";
import { number } from "../../ui/format.js";
import { example } from "./examples.js";
import { words } from "./words.js";

/** What the API takes of the text: itself, or the conversation it holds. */
function promptFrom(text: string, isConversation: boolean): { prompt: string } | { conversation: unknown } {
  if (!isConversation) return { prompt: text };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${words().notJson}: ${(error as Error).message}`);
  }
  return { conversation: Array.isArray(value) ? { messages: value } : value };
}

export function Composer({ lenses }: { lenses: LensList["lenses"] }) {
  const w = words();
  const text = useSignal(example(language.value));
  const isConversation = useSignal(false);
  const maxTokens = useSignal(48);
  const temperature = useSignal(0);
  const recall = useSignal(true);
  const problem = useSignal("");
  const start = async (event: Event) => {
    event.preventDefault();
    problem.value = "";
    try {
      const body = {
        ...promptFrom(text.value, isConversation.value),
        maxTokens: maxTokens.value,
        temperature: temperature.value,
        recall: recall.value,
      };
      const { id } = await getJson<{ id: string }>("lens", { method: "POST", body });
      navigate(`/lens/${id}`);
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  return (
    <>
      <form class="composer" onSubmit={start}>
        <div class="row">
          <fieldset class="choice">
            <legend class="hidden">{w.prompt}</legend>
            {[false, true].map((value) => (
              <label key={String(value)}>
                <input
                  type="radio"
                  name="kind"
                  checked={isConversation.value === value}
                  onChange={() => {
                    isConversation.value = value;
                  }}
                />
                <span>{value ? w.asConversation : w.asText}</span>
              </label>
            ))}
          </fieldset>
          <button
            type="button"
            onClick={() => {
              isConversation.value = false;
              text.value = example(language.value);
            }}
          >
            {w.example}
          </button>
        </div>
        <textarea
          aria-label={w.prompt}
          rows={12}
          spellcheck={false}
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
          }}
        />
        <p class="quiet hint">{isConversation.value ? w.conversationHint : w.textHint}</p>
        <div class="row">
          <label>
            {w.maxTokens}{" "}
            <input
              type="number"
              min={1}
              max={2000}
              value={maxTokens.value}
              onInput={({ currentTarget }) => {
                maxTokens.value = currentTarget.valueAsNumber;
              }}
            />
          </label>
          <label>
            {w.temperature}{" "}
            <input
              type="number"
              min={0}
              max={2}
              step={0.1}
              value={temperature.value}
              onInput={({ currentTarget }) => {
                temperature.value = currentTarget.valueAsNumber;
              }}
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={recall.value}
              onChange={({ currentTarget }) => {
                recall.value = currentTarget.checked;
              }}
            />{" "}
            {w.measureRecall}
          </label>
          <button type="submit" class="primary" disabled={text.value === ""}>
            {w.run}
          </button>
        </div>
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
      </form>
      {lenses.length > 0 && (
        <section>
          <h2>{w.recent}</h2>
          <ul class="recent">
            {lenses.map(({ id, title, promptTokens, generatedTokens }) => (
              <li key={id}>
                <a href={`${BASE}/lens/${id}`}>{title}</a>{" "}
                <span class="quiet">
                  {number(promptTokens)} {w.ofPrompt} + {number(generatedTokens)} {w.generated}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
