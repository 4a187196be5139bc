/** Metrics of several runs, asked for again while they are read or grow. */
import { useEffect, useState } from "preact/hooks";
import type { Metrics } from "../../../wire/training.js";
import { getJson } from "../../api.js";

const READING_MS = 400;
const LIVE_MS = 3000;

export function useMetrics(runs: readonly string[]): { metrics: ReadonlyMap<string, Metrics>; error: string } {
  const [metrics, setMetrics] = useState<ReadonlyMap<string, Metrics>>(new Map());
  const [error, setError] = useState("");
  const names = runs.join("\n");
  useEffect(() => {
    const gone = new AbortController();
    const cursors = new Map<string, number>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      let reading = false;
      for (const run of names.split("\n").filter(Boolean)) {
        try {
          const after = cursors.get(run);
          const query = after === undefined ? "" : `?after=${after}`;
          const answer = await getJson<Metrics>(`training/${encodeURIComponent(run)}/metrics${query}`, {
            signal: gone.signal,
          });
          reading ||= answer.readBytes < answer.bytes;
          if (answer.cursor !== after) setMetrics((old) => new Map(old).set(run, answer));
          cursors.set(run, answer.cursor);
          setError("");
        } catch (failure) {
          if (gone.signal.aborted) return;
          setError((failure as Error).message);
        }
      }
      timer = setTimeout(ask, reading ? READING_MS : LIVE_MS);
    };
    setMetrics(new Map());
    void ask();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [names]);
  return { metrics, error };
}
