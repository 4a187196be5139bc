/** Progress of a run: bar, share of right answers with its interval, time left. */

import { wilsonInterval } from "@cachalot/environments";
import type { Sample } from "@cachalot/evals";
import { duration } from "../duration.js";
import { percent, range } from "../percent.js";

const WIDTH = 20;

/** @param before samples that were there when this process began, after which `seconds` have passed */
export function progressLine(
  done: readonly Sample[],
  all: number,
  { before, seconds }: { before: number; seconds: number },
): string {
  const right = done.filter(({ verdict }) => verdict === "right").length;
  const measured = right + done.filter(({ verdict }) => verdict === "wrong").length;
  const filled = Math.floor((WIDTH * done.length) / Math.max(all, 1));
  const each = seconds / Math.max(done.length - before, 1);
  const left = done.length > before ? `, ${duration(each * (all - done.length))} left` : "";
  const score =
    measured === 0 ? "" : `, right ${percent(right / measured)} (${range(wilsonInterval(right, measured))})`;
  const lost = done.length - measured > 0 ? `, ${done.length - measured} not measured` : "";
  return `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${done.length} of ${all}${score}${lost}${left}`;
}
