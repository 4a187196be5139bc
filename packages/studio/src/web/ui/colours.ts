/** Colours of the style sheet for what is drawn on a canvas. */
import { signal } from "@preact/signals";

const dark = matchMedia("(prefers-color-scheme: dark)");
/** What the system prefers; read it where pictures are made, so that they are made anew when it changes. */
export const systemIsDark = signal(dark.matches);
dark.addEventListener("change", () => {
  systemIsDark.value = dark.matches;
});

/** A variable as it looks at an element: light-dark() is resolved where a property uses it. */
export function colourAt(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(--${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}
