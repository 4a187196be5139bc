import type { Ledger } from "../../../wire/runs.js";
import { number } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { words } from "./words.js";

/** The token sequences of a run: what the model wrote is underlined and in the loss, the rest it read. */
export function LedgerView({ id }: { id: string }) {
  const w = words();
  const { value, error } = useResource<Ledger>(`runs/${id}/ledger`);
  return (
    <section aria-label={w.ledger}>
      <h2>{w.ledger}</h2>
      <p class="quiet small">{w.ledgerHint}</p>
      {error && <p class="error">{error}</p>}
      {value?.sequences.map(({ tokens, trained, fork, pieces, shown }, i) => (
        <article key={i} class="ledger">
          <h3>
            {w.sequence} {i + 1}: {number(tokens)} {w.unit}, {number(trained)} {w.trained}
            {fork && ` · ${w.forks} ${fork.sequence + 1} @ ${number(fork.at)}`}
          </h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <div class="text mono" tabIndex={0}>
            {pieces.map(({ text, mask }, at) => (mask ? <u key={at}>{text}</u> : <span key={at}>{text}</span>))}
            {shown < tokens && ` … +${number(tokens - shown)}`}
          </div>
        </article>
      ))}
    </section>
  );
}
