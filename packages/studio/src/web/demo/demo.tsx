import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Settings } from "../shell/settings-controls.js";
import { type ModelState, modelState, start } from "./model/model-state.js";
import { ChatView } from "./views/chat-view.js";
import { LensView } from "./views/lens-view.js";
import { PromptView } from "./views/prompt-view.js";
import { words } from "./words.js";

const VIEWS = ["chat", "prompt", "lens"] as const;
type View = (typeof VIEWS)[number];

const view = signal<View>("chat");

export function Demo() {
  const w = words();
  useEffect(() => {
    document.title = w.title;
  });
  const state = modelState.value;
  const model = state.kind === "ready" ? state.model : undefined;
  return (
    <main>
      <header class="row">
        <h1>{w.title}</h1>
        <span class="gap" />
        <Settings />
      </header>
      <p class="quiet">{w.subtitle}</p>
      <Status state={state} />
      <nav class="views" aria-label={w.views}>
        {VIEWS.map((name) => (
          <button
            key={name}
            type="button"
            aria-current={view.value === name ? "page" : undefined}
            onClick={() => {
              view.value = name;
            }}
          >
            {w[name]}
          </button>
        ))}
      </nav>
      {view.value === "chat" && <ChatView model={model} />}
      {view.value === "prompt" && model && <PromptView model={model} />}
      {view.value === "lens" && model && <LensView model={model} />}
    </main>
  );
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function Status({ state }: { state: ModelState }) {
  const w = words();
  switch (state.kind) {
    case "downloading":
      return (
        <div class="status" role="status">
          <label>
            {w.downloading}: {megabytes(state.loaded)} {w.of} {megabytes(state.total)} MB{" "}
            <progress max={state.total || 1} value={state.loaded} />
          </label>
          {state.resumed > 0 && <p class="quiet">{w.resumed}</p>}
        </div>
      );
    case "asking":
      return (
        <button type="button" class="primary" onClick={state.agree}>
          {w.askFirst} {megabytes(state.bytes)} MB
        </button>
      );
    case "starting":
      return (
        <p class="status" role="status">
          {w.starting}
        </p>
      );
    case "failed":
      return (
        <div class="status" role="alert">
          <p>
            {w.failed} {state.message}
          </p>
          <button type="button" onClick={() => void start()}>
            {w.retry}
          </button>
        </div>
      );
    default:
      return (
        <p class="status quiet" role="status" data-load-ms={state.model.loadMs}>
          {w.ready} {(state.model.loadMs / 1000).toFixed(1)} {w.seconds}
        </p>
      );
  }
}
