import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getJson, RequestError } from "../api.js";
import { serverIsAway } from "../shell/server-state.js";

/** How soon an answer that did not come is asked for again, in milliseconds. */
const AGAIN_MS = 2000;

export interface Resource<T> {
  value: T | undefined;
  error: string | undefined;
}

/** What a path under `/studio/api` answers, asked again until it answers; the path "" asks nothing. */
export function useResource<T>(path: string): Resource<T> {
  const state: Signal<Resource<T>> = useSignal<Resource<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    if (path === "") return;
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () =>
      getJson<T>(path, { signal: gone.signal }).then(
        (value) => {
          serverIsAway.value = false;
          state.value = { value, error: undefined };
        },
        (error: unknown) => {
          if (gone.signal.aborted) return;
          const away = error instanceof RequestError && error.status === 0;
          serverIsAway.value = away;
          state.value = { ...state.value, error: error instanceof Error ? error.message : String(error) };
          if (away) timer = setTimeout(ask, AGAIN_MS);
        },
      );
    void ask();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [path, state]);
  return state.value;
}
