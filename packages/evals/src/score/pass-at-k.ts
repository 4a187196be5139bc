/**
 * pass@k, pass^k and majority@k: whether one of k samples is right, all of them are, or the answer that most of them give.
 * Unbiased over all choices of k of a problem's measured samples (Chen et al. 2021, equation 1).
 */

import { mathVerdict } from "@cachalot/environments";
import type { ProblemSamples } from "./problems.js";

/** The share of k-subsets of n samples that miss all c of a kind. */
export function missShare(n: number, c: number, k: number): number {
  if (n - c < k) return 0;
  let share = 1;
  for (let i = n - c + 1; i <= n; i++) share *= 1 - k / i;
  return share;
}

const KS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

function overProblems(
  problems: readonly ProblemSamples[],
  of: (problem: ProblemSamples, right: number, n: number, k: number) => number,
): Record<number, number> {
  const known = problems.filter(({ measured }) => measured.length > 0);
  const fewest = known.length === 0 ? 0 : Math.min(...known.map(({ measured }) => measured.length));
  return Object.fromEntries(
    KS.filter((k) => k > 1 && k <= fewest).map((k) => {
      const values = known.map((problem) => {
        const right = problem.measured.filter(({ verdict }) => verdict === "right").length;
        return of(problem, right, problem.measured.length, k);
      });
      return [k, values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}

export const passAtK = (problems: readonly ProblemSamples[]) =>
  overProblems(problems, (_, right, n, k) => 1 - missShare(n, right, k));

/** All of k right: tau-bench's measure of reliability. */
export const passHatK = (problems: readonly ProblemSamples[]) =>
  overProblems(problems, (_, right, n, k) => missShare(n, n - right, k));

/** Of the first k measured samples. A tie between a right answer and others counts as its share of the leaders. */
export const majorityAtK = (problems: readonly ProblemSamples[]) =>
  overProblems(problems, (problem, _right, _n, k) => majority(problem, k));

function majority({ measured }: ProblemSamples, k: number): number {
  const votes: { answer: string; right: boolean; count: number }[] = [];
  for (const { answer, verdict } of measured.slice(0, k)) {
    if (answer === undefined) continue;
    const right = verdict === "right";
    // All right answers are one: they are equal to the gold.
    const known = votes.find((vote) => (right ? vote.right : !vote.right && sameAnswer(vote.answer, answer)));
    if (known) known.count++;
    else votes.push({ answer, right, count: 1 });
  }
  const most = Math.max(0, ...votes.map(({ count }) => count));
  const leaders = votes.filter(({ count }) => count === most);
  return leaders.length === 0 ? 0 : leaders.filter(({ right }) => right).length / leaders.length;
}

const sameAnswer = (a: string, b: string): boolean => a === b || mathVerdict(a, b).verdict === "equal";
