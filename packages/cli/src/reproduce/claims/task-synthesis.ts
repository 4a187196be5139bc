/** Claims of section 3.2: agent tasks nobody wrote. */

import { wilsonInterval } from "@cachalot/environments";
import type { Step } from "../step.js";
import { codeTasks } from "../steps/synthesis-code.js";
import { generalTasks } from "../steps/synthesis-general.js";
import { interpreterTasks } from "../steps/synthesis-interpreter.js";
import { searchTasks } from "../steps/synthesis-search.js";
import type { SynthesisSample } from "../synthesis-sample.js";
import type { Claim, Section } from "./claim.js";

const sampleClaim = (step: Step<SynthesisSample>, claim: string, published: string, command: string): Claim => ({
  ...{ name: step.name, claim, published, steps: [step] },
  measure(results) {
    const sample = results.of(step);
    if (!sample) return undefined;
    const { funnel, drops, leftOut } = sample;
    const reasons = Object.entries(drops).map(([reason, count]) => `${count} ${reason}`);
    const missing = leftOut ? `; left out: ${leftOut}` : "";
    if (!funnel) return { text: `nothing was made${missing}` };
    return {
      text: `${funnel.kept} of ${funnel.seeds} candidates passed every gate${reasons.length > 0 ? `; dropped: ${reasons.join(", ")}` : ""}${missing}`,
      ...(funnel.seeds > 0 ? { interval: wilsonInterval(Math.min(funnel.kept, funnel.seeds), funnel.seeds) } : {}),
    };
  },
  commands: () => [command],
});

export const taskSynthesis: Section = {
  title: "Large-scale agentic task synthesis (section 3.2)",
  claims: [
    sampleClaim(
      codeTasks,
      "Code agent: issues and pull requests become tasks; tests turn from fail to pass, and none from pass to fail.",
      "24,667 tasks, environments real, prompts extracted",
      "cachalot tasks mine --git PATH --out tasks/code",
    ),
    sampleClaim(
      searchTasks,
      "Search agent: questions over a corpus whose answer is right and whose every other candidate is verifiably wrong.",
      "50,275 tasks, environments real, prompts synthesised",
      "cachalot tasks synthesise search --corpus generated:6000 --out tasks/search",
    ),
    sampleClaim(
      generalTasks,
      "General agent: worlds with tools, a solution through tools alone, a verifier; hard to solve, easy to verify.",
      "4,417 tasks in 1,827 environments, both synthesised",
      "cachalot tasks synthesise general --out tasks/general",
    ),
    sampleClaim(
      interpreterTasks,
      "Code interpreter: problems that need execution.",
      "5,908 tasks, environments real, prompts extracted",
      "cachalot tasks synthesise interpreter --out tasks/interpreter",
    ),
  ],
};
