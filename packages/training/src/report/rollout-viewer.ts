/** The rollout viewer: answers of the newest step, each token coloured by advantage x ratio, hatched where the update left it out. */

import type { RolloutView, ViewedRollout, ViewedToken } from "../rl/rollout-view.js";
import { escapeXml } from "./plots/render.js";

/** Rollouts by stage. */
export type StageViews = readonly { stage: string; view: RolloutView }[];

export function rolloutViewer(views: StageViews): string {
  if (views.length === 0) return "";
  return `<section>
<h2>Rollouts</h2>
<p class="quiet">Green tokens became likelier, orange ones less likely, the stronger the larger advantage × ratio; hatched ones were left out of the update (clipped, or of a dropped sequence). What is not coloured was read, not sampled.</p>
${views.map(({ stage, view }) => stageView(stage, view)).join("\n")}
</section>`;
}

function stageView(stage: string, { step, rollouts }: RolloutView): string {
  const largest = Math.max(1e-9, ...rollouts.flatMap((one) => one.tokens.map((token) => Math.abs(pushOf(one, token)))));
  return `<h3>${escapeXml(stage)}, step ${step}</h3>${rollouts.map((rollout) => card(rollout, largest)).join("\n")}`;
}

function card(rollout: ViewedRollout, largest: number): string {
  const { task, outcome, reward, rewards, advantage, tokens } = rollout;
  const parts = Object.entries(rewards).map(([name, value]) => `${name} ${value ?? "–"}`);
  const facts = [task, outcome, `reward ${reward ?? "–"}`, ...parts, `advantage ${advantage.toFixed(3)}`];
  return `<div class="card rollout"><p class="quiet">${escapeXml(facts.join(" · "))}</p><pre>${tokens.map((token) => tokenSpan(rollout, token, largest)).join("")}</pre></div>`;
}

function pushOf({ advantage }: ViewedRollout, { trained }: ViewedToken): number {
  return trained ? advantage * trained.ratio : 0;
}

function tokenSpan(rollout: ViewedRollout, token: ViewedToken, largest: number): string {
  const text = escapeXml(token.text);
  if (!token.trained) return text;
  const push = pushOf(rollout, token);
  const strength = Math.min(1, Math.abs(push) / largest).toFixed(2);
  const colour = push >= 0 ? "20,150,107" : "217,114,46";
  const hatch = token.trained.masked
    ? `repeating-linear-gradient(45deg,transparent 0 3px,rgba(0,0,0,.25) 3px 5px),`
    : "";
  const style = `background:${hatch}linear-gradient(rgba(${colour},${strength}),rgba(${colour},${strength}))`;
  return `<span style="${style}" title="ratio ${token.trained.ratio.toFixed(3)}${token.trained.masked ? ", left out" : ""}">${text}</span>`;
}
