import type { ComponentType } from "preact";

export interface PageProps {
  /** Of the page's pattern. */
  params: Record<string, string>;
}

/** A page: its address below `/studio` (see `match`), what the navigation calls it, and its code, loaded when it is first seen. */
export interface Page {
  pattern: string;
  title(): string;
  /** The inside of a 24 x 24 SVG, drawn in the text's colour; a page without one is not in the navigation. */
  icon?: string;
  load(): Promise<{ default: ComponentType<PageProps> }>;
}
