/** The report's page: one HTML document that loads nothing. Every claim, what was published, what was measured, its plot, its command. */

import { duration } from "../../duration.js";
import { range } from "../../percent.js";
import type { ClaimRow } from "../claims/index.js";
import type { StepRecord } from "../run-directory.js";
import type { Scale } from "../scale.js";
import type { Step } from "../step.js";
import { STYLE } from "./style.js";

export interface PageContent {
  scale: Scale;
  /** As the command named it. */
  dir: string;
  records: readonly { step: Step; record: StepRecord | undefined }[];
  rows: readonly ClaimRow[];
}

export function page({ scale, dir, records, rows }: PageContent): string {
  const sections = [...new Set(rows.map(({ section }) => section))];
  const measured = rows.filter(({ figure }) => figure).length;
  const seconds = records.reduce((sum, { record }) => sum + (record?.seconds ?? 0), 0);
  const command = `cachalot reproduce --scale ${scale.name} --out ${dir}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The DeepSeek-V3.2 report, reproduced: ${scale.name}</title><style>${STYLE}</style></head><body><main>
<h1>The DeepSeek-V3.2 report, reproduced</h1>
<p>Scale <b>${escaped(scale.name)}</b>: ${escaped(scale.description)}</p>
<p class="quiet">${measured} of ${rows.length} claims measured in ${duration(seconds)} of work. The model has millions of parameters, not 671B: a row says that a mechanism works, or shows no difference, at this scale. Intervals are 95 %.</p>
<pre>${escaped(command)}</pre>
<nav>${sections.map((title) => `<a href="#${idOf(title)}">${escaped(title)}</a>`).join("")}<a href="#steps">Steps</a></nav>
${sections
  .map((title) =>
    sectionOf(
      title,
      rows.filter(({ section }) => section === title),
    ),
  )
  .join("\n")}
<h2 id="steps">Steps</h2>
<table><thead><tr><th>step</th><th>what</th><th>time</th><th>resumed</th></tr></thead><tbody>${records.map(stepRow).join("")}</tbody></table>
</main></body></html>
`;
}

function sectionOf(title: string, rows: readonly ClaimRow[]): string {
  return `<h2 id="${idOf(title)}">${escaped(title)}</h2>\n${rows.map(claimArticle).join("\n")}`;
}

function claimArticle({ name, claim, published, figure, why, commands, plots }: ClaimRow): string {
  const ours = figure
    ? `${escaped(figure.text)}${figure.interval ? ` <span class="interval">95 %: ${range(figure.interval)}</span>` : ""}`
    : `<em>not measured: ${escaped(why ?? "")}</em>`;
  return `<article class="claim" id="claim-${name}" data-claim="${name}"><h3>${escaped(claim)}</h3>
<dl><dt>published<dd>${escaped(published)}<dt>here<dd class="figure">${ours}<dt>commands<dd>${commands.map((line) => `<code>${escaped(line)}</code>`).join("")}</dl>
${plots.map(image).join("")}</article>`;
}

/** An image of its own: ids and styles of one plot do not meet those of another. */
const image = (svg: string): string =>
  `<img alt="" src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">`;

function stepRow({ step, record }: PageContent["records"][number]): string {
  const time = record ? duration(record.seconds) : "not finished";
  return `<tr><th>${step.name}</th><td>${escaped(step.title)}</td><td>${time}</td><td>${record ? record.interruptions : ""}</td></tr>`;
}

const idOf = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
