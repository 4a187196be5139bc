import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LensEvent, LensList } from "../../../wire/lens.js";
import { getJson, listen } from "../../api.js";

export type LensPrompt = Extract<LensEvent, { type: "prompt" }>;
/** A generated token, its heat unpacked: how many layers selected each position before it. */
export type LensToken = Omit<Extract<LensEvent, { type: "token" }>, "heat"> & { heat: Uint8Array };

export interface LensState {
  prompt: LensPrompt | undefined;
  tokens: readonly LensToken[];
  done: Extract<LensEvent, { type: "done" }> | undefined;
  error: string | undefined;
  /** The server has no such generation. */
  gone: boolean;
}

const NOTHING: LensState = { prompt: undefined, tokens: [], done: undefined, error: undefined, gone: false };

function unpacked(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function after(state: LensState, event: LensEvent): LensState {
  if (event.type === "prompt") return { ...state, prompt: event };
  if (event.type === "done") return { ...state, done: event };
  if (event.type === "error") return { ...state, error: event.message };
  return { ...state, tokens: [...state.tokens, { ...event, heat: unpacked(event.heat) }] };
}

/** A generation as it comes; drawn at most once a frame. */
export function useLens(id: string): LensState {
  const state: Signal<LensState> = useSignal(NOTHING);
  useEffect(() => {
    let events: LensEvent[] = [];
    let frame = 0;
    const draw = () => {
      frame = 0;
      state.value = events.reduce(after, state.value);
      events = [];
    };
    state.value = NOTHING;
    const stop = listen<LensEvent>(`lens/${id}/events`, {
      onEvent(event) {
        events.push(event);
        frame ||= requestAnimationFrame(draw);
      },
      onTrouble: () =>
        void getJson<LensList>("lens").then(
          ({ lenses }) => {
            if (!lenses.some((lens) => lens.id === id)) state.value = { ...state.value, gone: true };
          },
          () => undefined,
        ),
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [id, state]);
  return state.value;
}
