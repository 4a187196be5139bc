import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import type { LensDetail } from "../../../wire/lens.js";
import { request } from "../../api.js";
import { BASE } from "../../shell/router.js";
import { number } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { Canvas, type Pen } from "./canvas.js";
import { ContextView } from "./context-view.js";
import { LayerPanel } from "./layer-panel.js";
import { type Mode, type Shown, totalHeat } from "./levels.js";
import { paintHeat } from "./plots.js";
import { Experts, TokenCard } from "./token-card.js";
import { TokenList } from "./token-list.js";
import { type LensPrompt, type LensState, useLens } from "./use-lens.js";
import { words } from "./words.js";

/** How long a token must be looked at before its details are computed, in milliseconds. */
const REST_MS = 150;

export function LensView({ id }: { id: string }) {
  const state = useLens(id);
  const w = words();
  const { prompt, error, gone } = state;
  return (
    <main class="lens">
      <p class="crumbs">
        <a href={`${BASE}/lens`}>← {w.back}</a>
      </p>
      <h1>{w.title}</h1>
      {gone && <p role="alert">{w.gone}</p>}
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      {!prompt && !gone && !error && <p class="quiet">{w.notYet}</p>}
      {prompt && <Steps id={id} state={state} prompt={prompt} />}
    </main>
  );
}

/** The answer, token by token, and everything that belongs to the token one stands at. */
function Steps({ id, state, prompt }: { id: string; state: LensState; prompt: LensPrompt }) {
  const w = words();
  const { tokens, done } = state;
  // Undefined: the newest.
  const step = useSignal<number | undefined>(undefined);
  const peek = useSignal<number | undefined>(undefined);
  const pinned = useSignal<number | undefined>(undefined);
  const layer = useSignal(Math.max(0, prompt.layers - 1));
  const mode = useSignal<Mode>("heat");
  const position = useSignal<number | undefined>(undefined);
  const at = Math.min(step.value ?? tokens.length - 1, tokens.length - 1);
  const token = tokens[peek.value ?? at];
  const { detail, error } = useDetail(id, token?.index, layer.value, done !== undefined || step.value !== undefined);
  const length = prompt.tokens.length + tokens.length;
  const isCold = mode.value === "cold";
  const total = useMemo(
    () => totalHeat(isCold ? tokens.slice(0, (token?.index ?? -1) + 1) : [], length),
    [isCold, tokens, token, length],
  );
  const answer = useMemo(() => tokens.map(({ text }) => text), [tokens]);
  const context = useMemo(() => [...prompt.tokens.map(({ text }) => text), ...answer], [prompt, answer]);
  const shown: Shown = {
    mode: mode.value,
    layers: prompt.layers,
    token,
    detail,
    pinned: pinned.value === undefined ? undefined : tokens[pinned.value],
    total,
  };
  const overview = useCallback(
    (pen: Pen) => token && paintHeat(pen, token.heat, token.heat.length, prompt.layers),
    [token, prompt],
  );
  return (
    <>
      <section class="card answer">
        <div class="row">
          <h2>{w.answer}</h2>
          <button type="button" aria-label={w.prev} disabled={at <= 0} onClick={() => (step.value = at - 1)}>
            ←
          </button>
          <output>
            {(token?.index ?? -1) + 1} / {tokens.length}
          </output>
          <button
            type="button"
            aria-label={w.next}
            disabled={at >= tokens.length - 1}
            onClick={() => (step.value = at + 1)}
          >
            →
          </button>
          <Progress id={id} state={state} />
        </div>
        <TokenList
          id="answer"
          label={w.answer}
          texts={answer}
          classOf={(i) => `${surprise(tokens[i]?.logprob ?? 0)}${i === pinned.value ? " pinned" : ""}`}
          titleOf={(i) => `${w.logprob} ${tokens[i]?.logprob}`}
          active={at}
          jump={10}
          onActive={(index) => {
            step.value = index;
          }}
          onHover={(index) => {
            peek.value = index;
          }}
          follow={step.value === undefined}
        />
        <p class="quiet hint">{w.answerHint}</p>
      </section>
      <div class="columns">
        <ContextView
          shown={shown}
          layer={layer.value}
          texts={context}
          promptTokens={prompt.tokens.length}
          topk={prompt.topk}
          pinnedStep={pinned.value}
          position={position.value}
          onMode={(value) => {
            mode.value = value;
          }}
          onPin={() => {
            pinned.value = token?.index;
            mode.value = "difference";
          }}
          onPosition={(value) => {
            position.value = value;
          }}
        >
          {token && <Canvas label={w.overview} height={36} paint={overview} />}
        </ContextView>
        <div class="side">
          {token && <TokenCard token={token} />}
          {token && (
            <LayerPanel
              layers={prompt.layers}
              layer={layer.value}
              recall={token.recall ?? detail?.recall}
              kept={token.kept}
              detail={detail}
              error={error}
              onLayer={(value) => {
                layer.value = value;
              }}
              onPosition={(value) => {
                position.value = value;
              }}
            />
          )}
          {token && <Experts token={token} prompt={prompt} />}
        </div>
      </div>
    </>
  );
}

function Progress({ id, state: { done, error } }: { id: string; state: LensState }) {
  const w = words();
  if (done)
    return (
      <span class="quiet progress">
        {w.ends}: {done.reason} · {done.seconds} {w.seconds} · {number(done.cachedTokens)} {w.fromCache}
      </span>
    );
  if (error) return null;
  return (
    <span class="progress">
      <span class="quiet" role="status">
        {w.running}…
      </span>{" "}
      <button type="button" onClick={() => void request(`lens/${id}`, { method: "DELETE" }).catch(() => undefined)}>
        {w.stop}
      </button>
    </span>
  );
}

/** How unlikely the model found a token, in four classes. */
function surprise(logprob: number): string {
  const probability = Math.exp(logprob);
  return probability > 0.9 ? "s0" : probability > 0.5 ? "s1" : probability > 0.1 ? "s2" : "s3";
}

/** Details of a token and a layer, once one rests there. */
function useDetail(id: string, index: number | undefined, layer: number, wanted: boolean) {
  const rested = useSignal("");
  const path = index === undefined || !wanted ? "" : `lens/${id}/tokens/${index}?layer=${layer}`;
  useEffect(() => {
    const timer = setTimeout(() => {
      rested.value = path;
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [path, rested]);
  const { value, error } = useResource<LensDetail>(rested.value);
  // What is there belongs to another token until the answer comes.
  const fits = value && rested.value === path && value.layer === layer && path !== "";
  return { detail: fits ? value : undefined, error };
}
