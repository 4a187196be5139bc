import { useEffect, useRef, useState } from "preact/hooks";
import { request } from "../../api.js";
import { number } from "../../ui/format.js";
import { RecordView } from "./record-view.js";
import type { Timeline } from "./use-timeline.js";
import { words } from "./words.js";

/** The records of a run, drawn as they come near the screen. */
export function TimelineView({ id, timeline }: { id: string; timeline: Timeline }) {
  const w = words();
  const { records, total, from, more, jump, expand, pending, live } = timeline;
  const left = total - from - records.length;
  const end = useRef<HTMLButtonElement>(null);
  // Looked for anew whenever records came
  useEffect(() => {
    if (!end.current) return;
    const seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && more());
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [records.length, left > 0]);
  return (
    <section class="timeline" aria-label={`${w.timeline} ${id}`}>
      {from > 0 && (
        <button type="button" onClick={() => jump(Math.max(0, from - 200))}>
          ↑ {w.earlier} ({number(from)})
        </button>
      )}
      <ol>
        {records.map((shown) => (
          <li key={shown.n}>
            <RecordView shown={shown} expand={expand} />
          </li>
        ))}
      </ol>
      {left > 0 && (
        <button type="button" ref={end} onClick={more}>
          ↓ {w.more} ({number(left)})
        </button>
      )}
      {pending && <Approval id={id} pending={pending} />}
      {live && !pending && (
        <p class="live" role="status">
          <span aria-hidden="true">●</span> {w.live}
        </p>
      )}
    </section>
  );
}

function Approval({ id, pending }: { id: string; pending: NonNullable<Timeline["pending"]> }) {
  const w = words();
  const [reason, setReason] = useState("");
  const [error, setError] = useState("");
  const decide = (approved: boolean) =>
    request(`runs/${id}/approvals`, {
      method: "POST",
      body: { ticket: pending.ticket, approved, ...(reason ? { reason } : {}) },
    }).catch((failure: Error) => setError(failure.message));
  return (
    <div class="approval" role="alertdialog" aria-label={w.waiting}>
      <p>
        {w.waiting} <b>{pending.name}</b>
      </p>
      <div class="text mono">{pending.arguments}</div>
      <div class="bar">
        <button type="button" class="primary" onClick={() => decide(true)}>
          {w.approve}
        </button>
        <button type="button" onClick={() => decide(false)}>
          {w.deny}
        </button>
        <input
          aria-label={w.reason}
          placeholder={w.reason}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </div>
      {error && <p class="error">{error}</p>}
    </div>
  );
}
