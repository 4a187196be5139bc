import { compact, duration, fixed } from "../format.js";
import type { DrawnPlot } from "../page.js";
import { documentOf, figure } from "../page.js";
import { escapeXml } from "../plots/render.js";
import type { ComparedRun } from "./compared-run.js";
import type { RecipeDifference } from "./named-runs.js";

/** Runs in one document that loads nothing: a table, what differs, and their curves in common plots. */
export function comparisonPage(
  runs: readonly ComparedRun[],
  differences: readonly RecipeDifference[],
  plots: readonly DrawnPlot[],
): string {
  const names = runs.map(({ name }) => name);
  const title = names.join(" · ");
  const none = plots.length === 0 ? '<p class="quiet note">No run has measured anything yet.</p>' : "";
  return documentOf(
    `${title} · comparison of training runs`,
    `<header>
<h1>${escapeXml(title)}</h1>
<p class="quiet">${runs.length} runs, a colour each.</p>
</header>
<section>
<h2>Runs</h2>
<div class="card scroll" role="region" aria-label="Table of runs" tabindex="0">${runTable(runs)}</div>
</section>
${differenceSection(names, differences)}
<section>
<h2>Plots</h2>
<div class="plots">
${plots.map(figure).join("\n")}
</div>
${none}
</section>`,
  );
}

function runTable(runs: readonly ComparedRun[]): string {
  const columns = ["run", "state", "steps", "tokens", "held-out loss", "pass@1", "time"];
  const rows = runs.map(({ name, complete, steps, tokens, loss, pass1, stepSeconds }) => {
    const cells = [
      complete ? "complete" : "not complete",
      String(steps),
      compact(tokens),
      fixed(loss, 4),
      pass1 ? `${fixed(pass1.start, 3)} → ${fixed(pass1.end, 3)}` : "–",
      stepSeconds > 0 ? duration(stepSeconds) : "–",
    ];
    return `<tr><th scope="row">${escapeXml(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<table><caption>Loss and pass@1 of the last stage that measured them; time in training steps.</caption><thead><tr>${columns.map((column) => `<th scope="col">${column}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function differenceSection(names: readonly string[], differences: readonly RecipeDifference[]): string {
  const rows = differences.map(
    ({ field, values }) =>
      `<tr><th scope="row">${escapeXml(field)}</th>${values.map((value) => `<td>${escapeXml(value ?? "–")}</td>`).join("")}</tr>`,
  );
  const table = `<table><thead><tr><th scope="col">field</th>${names.map((name) => `<th scope="col">${escapeXml(name)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  const content = rows.length > 0 ? table : '<p class="quiet">The recipes are the same.</p>';
  return `<section>
<h2>What differs</h2>
<div class="card scroll" role="region" aria-label="Table of differences" tabindex="0">${content}</div>
</section>`;
}
