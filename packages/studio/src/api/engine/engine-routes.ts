/** What the engine is doing: its sequences, the blocks of its KV cache and its prefix tree. */

import { type Route, sseResponse } from "@cachalot/server";
import { type EngineState, engineStateSchema } from "../../wire/engine.js";
import { EngineWatch, engineState, type WatchedEngine } from "./engine-watch.js";

/** @param engine undefined where the model runs elsewhere */
export function engineRoutes(engine: WatchedEngine | undefined): readonly Route[] {
  const watch = new EngineWatch(engine);
  return [
    {
      method: "GET",
      path: "/studio/api/engine",
      summary: "What the engine is doing",
      response: engineStateSchema,
      handle: async (c) => c.json(await engineState(engine)),
    },
    {
      method: "GET",
      path: "/studio/api/engine/events",
      summary: "The same twice a second, each the whole state",
      events: engineStateSchema,
      handle(_, { keepAliveMs, shutdown }) {
        const gone = new AbortController();
        const signal = AbortSignal.any([gone.signal, shutdown]);
        return sseResponse(
          async (send) => {
            let id = 0;
            let latest: EngineState | undefined;
            let wake = (): void => {};
            const stop = watch.watch((state) => {
              latest = state;
              wake();
            });
            signal.addEventListener("abort", () => wake());
            while (!signal.aborted) {
              const state = latest;
              latest = undefined;
              // A slow client gets the newest state, not all of them.
              if (state) await send(state, id++);
              else await new Promise<void>((resolve) => (wake = resolve));
            }
            stop();
          },
          { keepAliveMs, onDisconnect: () => gone.abort() },
        );
      },
    },
  ];
}
