import { Error as ErrorLevel, parse, View } from "vega";
import { compile } from "vega-lite";
import type { Plot } from "./plot.js";
import { plotConfig } from "./style.js";

/** Draws a plot to an SVG document with a title and a description; undefined where there is nothing to draw. */
export async function renderPlot({ id, title, description, spec }: Plot): Promise<string | undefined> {
  if (!spec) return undefined;
  // Width and height are those of the card, except in facets, where they are a panel's.
  const autosize = "facet" in spec ? {} : { autosize: { type: "fit", contains: "padding" } as const };
  const view = new View(parse(compile(spec, { config: { ...plotConfig, ...autosize } }).spec), {
    renderer: "none",
    logLevel: ErrorLevel,
  });
  try {
    return describe(uniqueIds(await view.toSVG(), id), id, title, description);
  } finally {
    view.finalize();
  }
}

/** Gradients and clips get names that no other SVG on the page has, the same each time the plot is drawn. */
function uniqueIds(svg: string, id: string): string {
  const names = new Map<string, string>();
  for (const [, name] of svg.matchAll(/ id="([^"]+)"/g)) names.set(name!, `${id}-${names.size + 1}`);
  return svg.replace(
    /( id="|url\(#|href="#)([^")]+)/g,
    (_, before: string, name: string) => before + (names.get(name) ?? name),
  );
}

function describe(svg: string, id: string, title: string, description: string): string {
  const labels = `role="img" aria-labelledby="${id}-title ${id}-desc"`;
  const texts = `<title id="${id}-title">${escapeXml(title)}</title><desc id="${id}-desc">${escapeXml(description)}</desc>`;
  return svg.replace(/^<svg([^>]*)>/, (_, attributes: string) => `<svg ${labels}${attributes}>${texts}`);
}

/** Text as it may stand in HTML or XML, in attributes too. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
