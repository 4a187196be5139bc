/** Rates from totals: what came between two states, by the engine's own clock. */
import type { EngineState } from "../../../wire/engine.js";

/** States shown: two minutes at two a second. */
const KEPT = 240;

export interface Speed {
  /** In seconds, for the time axis. */
  times: number[];
  generated: number[];
  read: number[];
}

export const NO_SPEED: Speed = { times: [], generated: [], read: [] };

/** The speeds with one more state; a clock that went back is another engine. */
export function withState(
  speed: Speed,
  before: EngineState["engine"],
  now: NonNullable<EngineState["engine"]>,
  time: number,
): Speed {
  if (!before || before.at >= now.at || before.totals.steps > now.totals.steps) return speed;
  const seconds = (now.at - before.at) / 1000;
  const rate = (what: "generated" | "read") => (now.totals[what] - before.totals[what]) / seconds;
  const add = (list: number[], value: number) => [...list.slice(1 - KEPT), value];
  return {
    times: add(speed.times, time),
    generated: add(speed.generated, rate("generated")),
    read: add(speed.read, rate("read")),
  };
}
