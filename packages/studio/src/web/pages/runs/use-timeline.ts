/** A window on a run's records: a page of them, more on request, and what is written while one looks. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { PendingCall, RunEvent, ShownRecord } from "../../../wire/run-events.js";
import type { RunSummary } from "../../../wire/runs.js";
import { getJson, listen } from "../../api.js";

interface Page {
  run: RunSummary;
  records: ShownRecord[];
  total: number;
}

export interface Timeline {
  run: RunSummary | undefined;
  records: readonly ShownRecord[];
  /** Of the run, as far as is known. */
  total: number;
  /** Of the first record shown. */
  from: number;
  live: boolean;
  state: string | undefined;
  pending: PendingCall | null;
  error: string;
  /** The records behind those shown. */
  more(): void;
  /** Shows records from number `n` on. */
  jump(n: number): void;
  /** Reads a record whole. */
  expand(n: number): void;
}

export function useTimeline(id: string): Timeline {
  const [run, setRun] = useState<RunSummary>();
  const [view, setView] = useState<{ from: number; records: ShownRecord[]; total: number }>();
  const [live, setLive] = useState(false);
  const [status, setStatus] = useState<{ state?: string; pending: PendingCall | null }>({ pending: null });
  const [error, setError] = useState("");
  const [round, setRound] = useState(0);
  const busy = useRef(false);

  const load = useCallback(
    async (from: number, keep: boolean) => {
      if (busy.current) return;
      busy.current = true;
      try {
        const page = await getJson<Page>(`runs/${id}?after=${from - 1}`);
        setRun(page.run);
        setView((old) =>
          keep && old
            ? { from: old.from, records: [...old.records, ...page.records], total: page.total }
            : { from, records: page.records, total: page.total },
        );
      } catch (failure) {
        setError((failure as Error).message);
      } finally {
        busy.current = false;
      }
    },
    [id],
  );
  useEffect(() => void load(0, false), [load]);

  const to = view ? view.from + view.records.length : 0;
  const atEnd = view !== undefined && to >= view.total;
  const open = run?.state === "working" || run?.state === "unfinished";
  // The stream itself moves `to`
  useEffect(() => {
    if (!atEnd || !open) return;
    setLive(true);
    return listen<RunEvent>(`runs/${id}/events?after=${to - 1}`, {
      onEvent(event) {
        if (event.type === "record") setView((old) => old && added(old, event));
        if (event.type === "rewind")
          setView((old) => old && { ...old, records: old.records.slice(0, Math.max(0, event.length - old.from)) });
        if (event.type === "state") setStatus({ state: event.state, pending: event.pending });
      },
      onEnd() {
        setLive(false);
        setRound((before) => before + 1);
      },
    });
  }, [id, atEnd, open]);
  useEffect(() => {
    if (round > 0) void getJson<Page>(`runs/${id}?after=1000000000`).then((page) => setRun(page.run));
  }, [round, id]);

  return {
    ...{ run, live, error, records: view?.records ?? [], total: view?.total ?? 0, from: view?.from ?? 0 },
    ...{ state: status.state ?? run?.state, pending: status.pending },
    more: () => void load(to, true),
    jump: (n) => void load(n, false),
    expand: (n) =>
      void getJson<ShownRecord>(`runs/${id}/records/${n}`).then((record) =>
        setView((old) => old && { ...old, records: old.records.map((one) => (one.n === n ? record : one)) }),
      ),
  };
}

function added<V extends { from: number; records: ShownRecord[]; total: number }>(old: V, event: ShownRecord): V {
  const at = event.n - old.from;
  if (at < 0 || at > old.records.length) return old;
  const records = [...old.records.slice(0, at), { n: event.n, record: event.record, omitted: event.omitted }];
  return { ...old, records, total: Math.max(old.total, event.n + 1) };
}
