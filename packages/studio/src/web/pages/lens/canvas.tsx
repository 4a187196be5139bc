/** A canvas that is drawn anew with its values, its size and its colours. */
import { useEffect, useRef } from "preact/hooks";
import { language, theme } from "../../shell/settings.js";
import { colourAt, systemIsDark } from "../../ui/colours.js";

export interface Pen {
  draw: CanvasRenderingContext2D;
  width: number;
  height: number;
  /** A variable of the style sheet, as a colour. */
  colour(name: string): string;
}

export function Canvas({
  label,
  height,
  paint,
  onPoint,
}: {
  label: string;
  height: number;
  paint(pen: Pen): void;
  /** Where the pointer is, from 0 to 1 across. */
  onPoint?: (share: number | undefined) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const repaint = () => {
      const { clientWidth: width } = element;
      const scale = devicePixelRatio;
      element.width = width * scale;
      element.height = height * scale;
      const draw = element.getContext("2d")!;
      draw.scale(scale, scale);
      const colour = (name: string) => colourAt(element, name);
      paint({ draw, width, height, colour });
    };
    repaint();
    const observer = new ResizeObserver(repaint);
    observer.observe(element);
    return () => observer.disconnect();
  }, [paint, height, theme.value, systemIsDark.value, language.value]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      class="plot"
      style={{ height: `${height}px` }}
      onPointerMove={({ offsetX, currentTarget }) => onPoint?.(offsetX / currentTarget.clientWidth)}
      onPointerLeave={() => onPoint?.(undefined)}
    />
  );
}
