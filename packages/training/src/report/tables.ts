import type { SparseDenseComparison } from "./comparison.js";
import { compact, duration, fixed, grouped, signedPercent } from "./format.js";
import { escapeXml } from "./plots/render.js";
import type { StageSummary } from "./summary.js";

/** The stages of a run, one row each. */
export function stageTable(stages: readonly StageSummary[]): string {
  const parts = [
    ...new Set(stages.flatMap(({ start, end }) => Object.keys({ ...start?.lossByPart, ...end?.lossByPart }))),
  ];
  const columns = [
    header("stage"),
    header("kind", "text"),
    header("from", "text"),
    header("steps"),
    header("tokens"),
    ...parts.map((part) => header(`loss, ${part}`)),
    ...(stages.some(({ pass1 }) => pass1) ? [header("pass@1")] : []),
    header("indexer KL"),
    header("recall"),
    header("time"),
  ];
  const rows = stages.map(
    (stage) =>
      `<tr><th scope="row">${escapeXml(stage.name)}</th><td class="text">${stage.kind}</td><td class="text">${escapeXml(stage.from ?? "–")}</td>` +
      `<td>${steps(stage)}</td><td>${compact(stage.tokens)}</td>` +
      parts.map((part) => change(stage, (heldOut) => heldOut.lossByPart[part], 4)).join("") +
      (stages.some(({ pass1 }) => pass1) ? passCell(stage) : "") +
      change(stage, ({ indexerKl }) => indexerKl, 3) +
      change(stage, ({ meanRecall }) => meanRecall, 3) +
      `<td>${stage.stepSeconds > 0 ? duration(stage.stepSeconds) : "–"}</td></tr>`,
  );
  return `<table><caption>Loss, KL and recall on held-out data, from the stage's start to its end. Loss in nats per token; KL in nats, summed over layers; recall is the share of dense attention on the selected tokens, mean over layers; time is that of training steps, without evaluations and checkpoints.</caption><thead><tr>${columns.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function header(text: string, className?: string): string {
  return `<th scope="col"${className ? ` class="${className}"` : ""}>${escapeXml(text)}</th>`;
}

function steps({ status, steps: made, plannedSteps }: StageSummary): string {
  if (status === "not started") return `not started (${grouped(plannedSteps)})`;
  return status === "finished" ? grouped(made) : `${grouped(made)} of ${grouped(plannedSteps)}`;
}

function passCell({ pass1 }: StageSummary): string {
  return `<td>${pass1 ? `${fixed(pass1.start, 3)} → ${fixed(pass1.end, 3)}` : "–"}</td>`;
}

type HeldOutValue = (heldOut: NonNullable<StageSummary["start"]>) => number | null | undefined;

function change({ start, end }: StageSummary, value: HeldOutValue, digits: number): string {
  const from = start ? value(start) : undefined;
  const to = end ? value(end) : undefined;
  if (typeof from !== "number" && typeof to !== "number") return "<td>–</td>";
  return `<td>${fixed(from, digits)} → ${fixed(to, digits)}</td>`;
}

/** One card per pair of branches: the verdict, then the losses by part. */
export function comparisonCards(comparisons: readonly SparseDenseComparison[]): string {
  return comparisons.map(comparisonCard).join("");
}

function comparisonCard(comparison: SparseDenseComparison): string {
  const { sparseStage, denseStage, commonAncestor, overall, byPart, tolerancePercent, withinTolerance } = comparison;
  const verdict = withinTolerance
    ? `<strong class="good">within ${tolerancePercent} %</strong>`
    : `<strong class="bad">more than ${tolerancePercent} % worse</strong>`;
  const rows = [...Object.entries(byPart), ["all parts, weighted", overall] as const].map(
    ([part, { sparse, dense, relativePercent }]) =>
      `<tr><th scope="row">${escapeXml(part)}</th><td>${fixed(dense, 4)}</td><td>${fixed(sparse, 4)}</td><td>${signedPercent(relativePercent)}</td></tr>`,
  );
  const notes = [
    ...(comparison.final ? [] : ["the stages are not finished; this is the last point both have reached"]),
    ...comparison.caveats,
  ];
  return `<div class="card">
<p class="verdict">${escapeXml(`Held-out loss of ${sparseStage} is ${aboveOrBelow(overall.relativePercent)} that of ${denseStage}`)}: ${verdict}.</p>
<p class="quiet">Both descend from ${escapeXml(commonAncestor)} and have trained on ${grouped(comparison.trainedTokens)} tokens (${grouped(comparison.trainedTokensSinceBranch)} since); the indexer's warm-up is not counted.</p>
${notes.map((note) => `<p class="quiet">Note: ${escapeXml(note)}.</p>`).join("\n")}
<div class="scroll"><table><thead><tr>${header("held-out loss")}${header(denseStage)}${header(sparseStage)}${header("difference")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>
</div>`;
}

function aboveOrBelow(relativePercent: number): string {
  return `${Math.abs(relativePercent).toFixed(2)} % ${relativePercent < 0 ? "below" : "above"}`;
}
