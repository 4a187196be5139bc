/** HTML report of a run: score, plots, and every sample with its conversation, verdict and why. One file, no scripts. */

import type { RunExport } from "../exports/run-export.js";
import type { RunHeader } from "../run/header.js";
import type { Sample } from "../run/sample.js";
import { type Summary, summarise } from "../score/summary.js";
import { tokenCurve } from "../score/token-curve.js";
import { callsIn, isUserAct, type SampleMessage } from "../users/user-acts.js";
import { outcomeBar, tokenCurvePlot, tokenHistogram } from "./plots.js";
import { STYLE } from "./style.js";

export const html: RunExport = {
  name: "html",
  description: "a page with plots and every sample",
  extension: ".html",
  write({ header, samples }) {
    const summary = summarise(samples);
    const curve = tokenCurve(samples);
    const tokens = samples.map(({ usage }) => usage.completionTokens);
    const perSolved = Number.isFinite(curve.tokensPerSolved)
      ? `${curve.tokensPerSolved.toFixed(0)} output tokens for each right answer`
      : "no right answer";
    return [
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(`${header.benchmark}: ${header.model}`)}</title><style>${STYLE}</style>`,
      `<h1>${escaped(header.benchmark)} <small>${escaped(header.model)}</small></h1>`,
      scoreOf(summary),
      outcomeBar([
        { name: "right", count: summary.right },
        { name: "wrong", count: summary.wrong },
        ...Object.entries(summary.notMeasured).map(([name, count]) => ({ name, count })),
      ]),
      `<section class="plots"><figure>${tokenCurvePlot(curve)}<figcaption>Solved within so many output tokens: ${perSolved}</figcaption></figure>`,
      `<figure>${tokenHistogram(tokens)}<figcaption>Answers by output tokens</figcaption></figure></section>`,
      settings(header),
      `<h2>Samples</h2>${samples.map(sampleOf).join("\n")}</html>\n`,
    ].join("\n");
  },
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function scoreOf({ score, refused, interval, bounds, right, wrong, samples, problems, marks }: Summary): string {
  const shown =
    score === null
      ? `<strong>no score</strong> ${escaped(refused!)}`
      : `<strong>${percent(score)}</strong> 95 % interval ${interval.map(percent).join(" to ")}`;
  const points = marks
    ? ` ${marks.got} of ${marks.most} points: mean ${percent(marks.share)}, 95 % interval ${marks.interval.map(percent).join(" to ")}.`
    : "";
  return `<p class="score">${shown}</p><p>${samples} samples of ${problems} problems; ${samples - right - wrong} not measured: between ${bounds.map(percent).join(" and ")} if they were all wrong, or right.${points}</p>`;
}

function settings(header: RunHeader): string {
  const rows = Object.entries(header).map(
    ([name, value]) =>
      `<tr><th>${escaped(name)}<td>${escaped(typeof value === "string" ? value : JSON.stringify(value))}`,
  );
  return `<details><summary>How it was measured</summary><table>${rows.join("")}</table></details>`;
}

function sampleOf({ item, sample, verdict, reason, because, gold, answer, messages, usage, seconds }: Sample): string {
  const name = reason ?? verdict;
  const line = `<b class="${name.replace(/ /g, "-")}">${name}</b> ${escaped(item)} <small>#${sample}, ${usage.completionTokens} tokens, ${seconds.toFixed(2)} s</small>`;
  const why = `<p>${escaped(because)}</p><dl><dt>gold<dd>${escaped(gold)}<dt>answer<dd>${answer === undefined ? "none" : escaped(answer)}</dl>`;
  return `<details class="sample"><summary>${line}</summary>${why}${messages.map(messageOf).join("")}</details>`;
}

function messageOf(message: SampleMessage): string {
  const parts = [message.content ? `<pre>${escaped(message.content)}</pre>` : ""];
  if (message.role === "assistant" && message.reasoning_content)
    parts.unshift(`<details><summary>thinking</summary><pre>${escaped(message.reasoning_content)}</pre></details>`);
  for (const { function: call } of callsIn(message))
    parts.push(`<pre class="call">${escaped(`${call.name}(${call.arguments})`)}</pre>`);
  const who = isUserAct(message) ? `${message.role}, unseen by the model` : message.role;
  return `<div class="message"><em>${who}</em>${parts.join("")}</div>`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
