import type { RunHeader, Summary } from "@cachalot/evals";
import { percent, range } from "../percent.js";
import { table } from "../table.js";
import { out } from "../terminal/output.js";
import { bold, dim, text } from "../terminal/styled-text.js";

export function printSummary(header: RunHeader, summary: Summary): void {
  const { right, wrong, samples, notMeasured, score, refused, bounds, interval } = summary;
  const lost = Object.entries(notMeasured).filter(([, count]) => count > 0);
  const missed = lost.reduce((sum, [, count]) => sum + count, 0);
  out.print(text`${bold(header.benchmark)}  ${header.model}\n`);
  out.print(
    table([
      ["score", score === null ? `none: ${refused}` : `${percent(score)}, 95 % interval ${range(interval)}`],
      ["samples", `${samples} of ${summary.problems} problems: ${right} right, ${wrong} wrong, ${missed} not measured`],
      ...(missed > 0
        ? ([
            [
              "  not measured",
              lost.map(([reason, count]) => `${count} ${reason} (${percent(count / samples)})`).join(", "),
            ],
            ["  bounds", `${range(bounds)} %, if all of them were wrong, or right`],
          ] as [string, string][])
        : []),
      ...(summary.marks
        ? ([
            [
              "marks",
              `${summary.marks.got} of ${summary.marks.most} points; mean ${percent(summary.marks.share)}, 95 % interval ${range(summary.marks.interval)}`,
            ],
          ] as [string, string][])
        : []),
      ...shares("pass@k", summary.passAtK),
      ...shares("pass^k", summary.passHatK),
      ...shares("majority@k", summary.majorityAtK),
      ["tokens", `${summary.tokens.toFixed(1)} an answer, ${summary.thinkingTokens.toFixed(1)} of them thinking`],
      ...(summary.toolCalls > 0
        ? ([["tool calls", `${summary.toolCalls.toFixed(1)} an answer`]] as [string, string][])
        : []),
      ["seconds", `${summary.seconds.toFixed(2)} an answer`],
    ]),
  );
  if (header.user !== undefined) out.print(text`${dim(`users played by ${header.user}`)}\n`);
  if (header.judge !== undefined) out.print(text`${dim(`judge ${header.judge}`)}\n`);
  out.print(
    text`${dim(`${header.engine}; codec ${header.codec}; ${settings(header)}; prompts ${header.prompts.slice(0, 12)}`)}\n`,
  );
}

const shares = (name: string, byK: Readonly<Record<number, number>>): [string, string][] => {
  const parts = Object.entries(byK).map(([k, share]) => `${k}: ${percent(share)}`);
  return parts.length > 0 ? [[name, parts.join(", ")]] : [];
};

function settings({ sampling, thinkingMode, seed }: RunHeader): string {
  const { temperature = 1, topP = 0.95, maxTokens } = sampling;
  return `${thinkingMode}, temperature ${temperature}, top-p ${topP}, seed ${seed}, ${maxTokens === undefined ? "no token limit" : `at most ${maxTokens} tokens`}`;
}
