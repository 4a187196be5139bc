import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { language, theme } from "../../shell/settings.js";
import { colourAt, systemIsDark } from "../../ui/colours.js";
import type { Speed } from "./speed.js";
import { words } from "./words.js";

const HEIGHT = 190;

/** Tokens per second over the last two minutes: generated on the left axis, prompt tokens read on the right. */
export function SpeedChart({ speed }: { speed: Speed }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const w = words();
  const data: uPlot.AlignedData = [speed.times, speed.generated, speed.read];
  useEffect(() => {
    const element = box.current!;
    const colour = (name: string) => colourAt(element, name);
    const [accent, warn, quiet, line] = ["accent", "warn", "quiet", "line"].map(colour) as [
      string,
      string,
      string,
      string,
    ];
    const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { drag: { x: false, y: false } },
        scales: {
          x: { time: true },
          y: { range: (_, __, most) => [0, Math.max(10, most * 1.1)] },
          read: { range: (_, __, most) => [0, Math.max(10, most * 1.1)] },
        },
        axes: [axis, { ...axis, size: 54 }, { ...axis, scale: "read", side: 1, size: 60, grid: { show: false } }],
        series: [
          {},
          {
            label: w.generating,
            stroke: accent,
            width: 2,
            points: { show: false },
            value: (_, value) => (value ?? 0).toFixed(1),
          },
          {
            label: w.reading,
            scale: "read",
            stroke: warn,
            width: 1.5,
            points: { show: false },
            dash: [5, 4],
            value: (_, value) => (value ?? 0).toFixed(0),
          },
        ],
      },
      data,
      element,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [theme.value, systemIsDark.value, language.value]);
  useEffect(() => plot.current?.setData(data));
  const last = speed.generated.at(-1) ?? 0;
  return <div ref={box} role="img" aria-label={`${w.speed}: ${last.toFixed(0)} ${w.generating}`} class="speed" />;
}
