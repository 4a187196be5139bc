import { compact, duration, grouped } from "./format.js";
import { pageStyle } from "./page-style.js";
import type { Plot } from "./plots/plot.js";
import { escapeXml } from "./plots/render.js";
import { rolloutViewer, type StageViews } from "./rollout-viewer.js";
import type { ReportSummary } from "./summary.js";
import { comparisonCards, stageTable } from "./tables.js";

/** A plot with its SVG; undefined where the run has nothing to draw yet. */
export interface DrawnPlot extends Plot {
  svg: string | undefined;
}

/** The report as one HTML document that loads nothing. */
export function page(summary: ReportSummary, plots: readonly DrawnPlot[], views: StageViews = []): string {
  const { name, description, sparseVsDense, commands } = summary;
  const comparison =
    sparseVsDense.length > 0
      ? `<section><h2>Sparse against dense at equal tokens</h2>${comparisonCards(sparseVsDense)}</section>`
      : "";
  return documentOf(
    `${name} · training report`,
    `<header>
<h1>${escapeXml(name)}</h1>
<p class="quiet">${description ? escapeXml(description) : "Training report"}</p>
${facts(summary)}
</header>
${comparison}
<section>
<h2>Stages</h2>
<div class="card scroll" role="region" aria-label="Table of stages" tabindex="0">${stageTable(summary.stages)}</div>
${unreadable(summary.unreadableLines)}
</section>
<section>
<h2>Plots</h2>
<div class="plots">
${plots.map(figure).join("\n")}
</div>
${notMeasured(plots)}
</section>
${rolloutViewer(views)}
<section>
<h2>Make it again</h2>
<div class="card"><pre>${commands.map(escapeXml).join("\n")}</pre></div>
</section>`,
  );
}

/** A page with its style sheet. @param main HTML */
export function documentOf(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}

function facts({ complete, tokens, stepSeconds, model }: ReportSummary): string {
  const entries: [string, string][] = [
    ["Run", complete ? "complete" : "not complete"],
    ["Tokens seen", compact(tokens)],
    ["Time in steps", duration(stepSeconds)],
  ];
  if (model) {
    const { parameters, activeParameters, indexerParameters, layers, denseLayers, hiddenSize, attentionHeads } = model;
    entries.push(["Parameters", `${compact(parameters)} (${compact(activeParameters)} active per token)`]);
    const moe = layers - denseLayers;
    entries.push(["Layers", `${layers}${moe > 0 ? ` (${denseLayers} dense, ${moe} MoE)` : ""}`]);
    entries.push(["Width", `${hiddenSize}, ${attentionHeads} heads, vocabulary ${grouped(model.vocabSize)}`]);
    if (moe > 0)
      entries.push([
        "Experts",
        `${model.expertsPerToken} of ${model.routedExperts}${model.sharedExperts > 0 ? ` + ${model.sharedExperts} shared` : ""}`,
      ]);
    if (model.indexer) {
      const { heads, headDim, topk } = model.indexer;
      entries.push([
        "Indexer",
        `selects ${grouped(topk)} tokens, ${heads} heads of ${headDim}, ${compact(indexerParameters)} parameters`,
      ]);
    }
  }
  return `<dl class="facts">${entries.map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeXml(value)}</dd></div>`).join("")}</dl>`;
}

function unreadable(lines: number): string {
  if (lines === 0) return "";
  return `<p class="quiet note">${lines} line${lines === 1 ? "" : "s"} of metrics.jsonl could not be read and ${lines === 1 ? "is" : "are"} left out: a torn last line of a killed run, or values that are not finite.</p>`;
}

/** A plot with its caption; nothing where there is nothing drawn. */
export function figure({ id, description, wide, svg }: DrawnPlot): string {
  if (!svg) return "";
  return `<figure id="${id}"${wide ? ' class="wide"' : ""}><div class="paper">${svg}</div><figcaption>${escapeXml(description)}</figcaption></figure>`;
}

function notMeasured(plots: readonly DrawnPlot[]): string {
  const titles = plots.filter(({ svg, relevant = true }) => !svg && relevant).map(({ title }) => title);
  return titles.length > 0 ? `<p class="quiet note">Nothing measured for: ${escapeXml(titles.join(", "))}.</p>` : "";
}
