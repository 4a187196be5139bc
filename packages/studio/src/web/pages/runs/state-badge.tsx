/** How a run stands: a word, and its colour. */
export function StateBadge({ state }: { state: string }) {
  const kind = state === "answer" ? "good" : state === "failed" ? "bad" : "warn";
  return <span class={`badge ${kind}`}>{state.replace("_", " ")}</span>;
}
