import type { RunStep } from "../../../wire/runs.js";
import { number } from "../../ui/format.js";
import { Scroll } from "../../ui/scroll.js";
import { words } from "./words.js";

/** Bars drawn: of more steps, the largest of each stretch. */
const MOST = 160;

/** The prompt of each step: what the model had seen in that place, what was new, what it wrote; cuts as gaps. */
export function StepBars({ id, steps, onStep }: { id: string; steps: readonly RunStep[]; onStep(n: number): void }) {
  const w = words();
  const largest = Math.max(1, ...steps.map(totalOf));
  const shown = fewer(steps);
  return (
    <figure class="step-bars">
      <figcaption>
        <b>{w.overview}</b>
        <span class="key seen">{w.seen}</span>
        <span class="key fresh">{w.fresh}</span>
        <span class="key wrote">{w.written}</span>
      </figcaption>
      <Scroll label={`${w.overview}: ${id}`}>
        <div class="bars">
          {shown.map((step) =>
            step.cut ? (
              <button key={step.n} type="button" class="bar-cut" onClick={() => onStep(step.n)}>
                <span class="scissors" aria-hidden="true">
                  ✂
                </span>
                <span class="hidden">
                  {w.cut}: {number(step.cut.before)} → {number(step.cut.after)}
                </span>
              </button>
            ) : (
              <Bar key={step.n} step={step} largest={largest} onStep={onStep} />
            ),
          )}
        </div>
      </Scroll>
    </figure>
  );
}

const HEIGHT = 96;
const totalOf = ({ promptTokens, completionTokens = 0 }: RunStep) => promptTokens + completionTokens;

function Bar({ step, largest, onStep }: { step: RunStep; largest: number; onStep(n: number): void }) {
  const w = words();
  const { promptTokens, reusedTokens, completionTokens = 0 } = step;
  const height = (tokens: number) => ({ height: `${(HEIGHT * tokens) / largest}px` });
  const seen = Math.min(promptTokens, Math.max(reusedTokens, step.cachedTokens ?? 0));
  const text = `${step.purpose === "summary" ? w.summary : w.step} ${Math.floor(step.step) + 1}: ${number(promptTokens)} ${w.unit}, ${number(seen)} ${w.seen}, ${number(completionTokens)} ${w.written}`;
  return (
    <button type="button" class="step-bar" title={text} aria-label={text} onClick={() => onStep(step.n)}>
      <i class="wrote" style={height(completionTokens)} />
      <i class="fresh" style={height(promptTokens - seen)} />
      <i class="seen" style={height(seen)} />
    </button>
  );
}

function fewer(steps: readonly RunStep[]): RunStep[] {
  const width = Math.ceil(steps.length / MOST);
  if (width <= 1) return [...steps];
  return Array.from({ length: Math.ceil(steps.length / width) }, (_, i) =>
    steps
      .slice(i * width, (i + 1) * width)
      .reduce((most, step) => (step.cut || totalOf(step) > totalOf(most) ? step : most)),
  );
}
