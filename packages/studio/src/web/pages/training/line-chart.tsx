import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../../shell/settings.js";
import { number } from "../../ui/format.js";

export interface Line {
  label: string;
  x: number[];
  y: number[];
  last: number;
}

/** Told apart by colour and by dashes. */
const COLOURS = ["#1f77b4", "#d1600b", "#2a8f4c", "#b83280", "#7a5fc4", "#8a6d1d", "#0f8b8d", "#c03a3a"];
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3]];
/** Steps are whole. */
const INCREMENTS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
const colourOf = (i: number) => COLOURS[i % COLOURS.length]!;
const dashOf = (i: number) => DASHES[Math.floor(i / 2) % DASHES.length]!;

/** Lines over steps. Their last values stand below in words. */
export function LineChart({
  title,
  lines,
  lastWord,
  onStep,
}: {
  title: string;
  lines: readonly Line[];
  lastWord: string;
  onStep?: ((step: number) => void) | undefined;
}) {
  const host = useRef<HTMLDivElement>(null);
  const click = useRef(onStep);
  click.current = onStep;
  const colours = theme.value;
  // Drawn anew with other lines or colours
  useEffect(() => {
    const element = host.current!;
    const style = getComputedStyle(element);
    const axis = { stroke: style.color, grid: { stroke: style.borderTopColor, width: 1 }, ticks: { show: false } };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 190,
        legend: { show: false },
        cursor: { y: false },
        scales: { x: { time: false } },
        axes: [
          { ...axis, size: 28, incrs: INCREMENTS },
          { ...axis, size: 56, values: (_, values) => values.map((value) => number(value)) },
        ],
        series: [
          {},
          ...lines.map((line, i) => ({
            ...{ label: line.label, stroke: colourOf(i), width: 1.6, spanGaps: true, dash: dashOf(i) },
            points: { show: line.x.length < 40 },
          })),
        ],
      },
      uPlot.join(lines.map(({ x, y }) => [x, y] as uPlot.AlignedData)),
      element,
    );
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 190 }));
    resized.observe(element);
    plot.over.addEventListener("click", () => {
      const { idx } = plot.cursor;
      const step = idx === null || idx === undefined ? undefined : plot.data[0][idx];
      if (step !== undefined) click.current?.(step);
    });
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [lines, colours]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div class={onStep ? "plot clickable" : "plot"} ref={host} role="img" aria-label={title} />
      <ul class="legend">
        {lines.map(({ label, last }, i) => (
          <li key={label}>
            <svg width="22" height="8" aria-hidden="true">
              <line
                x1="0"
                y1="4"
                x2="22"
                y2="4"
                stroke={colourOf(i)}
                stroke-width="2.5"
                stroke-dasharray={dashOf(i).join(" ")}
              />
            </svg>
            {label} <span class="quiet">{lastWord}</span> {number(last)}
          </li>
        ))}
      </ul>
    </figure>
  );
}
