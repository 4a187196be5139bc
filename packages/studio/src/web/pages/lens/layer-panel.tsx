import { useCallback } from "preact/hooks";
import type { LensDetail } from "../../../wire/lens.js";
import { number } from "../../ui/format.js";
import { Canvas, type Pen } from "./canvas.js";
import { missedOf, paintScatter, paintStrip } from "./plots.js";
import { words } from "./words.js";

export const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** The layers as tabs with their recall, and one of them in pictures. */
export function LayerPanel(props: {
  layers: number;
  layer: number;
  recall: readonly number[] | undefined;
  kept: readonly number[];
  detail: LensDetail | undefined;
  error: string | undefined;
  onLayer(layer: number): void;
  onPosition(position: number | undefined): void;
}) {
  const w = words();
  const { layers, layer, recall, kept, detail, error, onLayer, onPosition } = props;
  return (
    <section class="card">
      <h2 title={w.recallHelp}>
        {w.layer} · {w.recall}
      </h2>
      <div class="layers" role="radiogroup" aria-label={w.layer}>
        {Array.from({ length: layers }, (_, i) => (
          <label key={i} class={i === layer ? "current" : ""}>
            <input type="radio" name="layer" checked={i === layer} onChange={() => onLayer(i)} />
            <span>{i}</span>
            <meter min={0} max={1} value={recall?.[i] ?? 0} aria-label={`${w.recall}, ${w.layer} ${i}`} />
            <span class="number">{recall ? percent(recall[i]!) : "–"}</span>
          </label>
        ))}
      </div>
      {error && <p class="problem">{error}</p>}
      {!detail && !error && <p class="quiet pictures">{w.computing}</p>}
      {detail && <Pictures detail={detail} kept={kept[layer]} onPosition={onPosition} />}
    </section>
  );
}

function Pictures({
  detail,
  kept,
  onPosition,
}: {
  detail: LensDetail;
  kept: number | undefined;
  onPosition(position: number | undefined): void;
}) {
  const w = words();
  const strip = useCallback((pen: Pen) => paintStrip(pen, detail), [detail]);
  const scatter = useCallback((pen: Pen) => paintScatter(pen, detail), [detail]);
  const { selected, mass, scores, layer } = detail;
  const recall = detail.recall[layer] ?? 1;
  const point = (share: number | undefined) =>
    onPosition(share === undefined ? undefined : Math.min(mass.length - 1, Math.floor(share * mass.length)));
  return (
    <div class="pictures">
      {scores.length === 0 && <p class="quiet">{w.noIndexer}</p>}
      <p>
        <strong>
          {number(selected.length || mass.length)} / {number(mass.length)}
        </strong>{" "}
        {w.summary} <strong>{percent(recall)}</strong> {w.summaryMass}
        {selected.length > 0 && (
          <>
            {"; "}
            <strong>{missedOf(detail)}</strong> {w.missed}
          </>
        )}
        {". "}
        {kept !== undefined && (
          <span class="quiet">
            {percent(kept)} {w.kept}.
          </span>
        )}
      </p>
      <Canvas label={w.strip} height={120} paint={strip} onPoint={point} />
      <p class="axis quiet">
        <span>↑ {w.scores}</span>
        <span>↓ {w.mass}</span>
        <span>{w.position} →</span>
      </p>
      <Canvas label={w.scatter} height={190} paint={scatter} />
      <p class="axis quiet">
        <span>↑ {w.mass}</span>
        <span>
          <b class="disc">●</b> {w.selected} <b>×</b> {w.notSelected}
        </span>
        <span>{w.scores} →</span>
      </p>
    </div>
  );
}
