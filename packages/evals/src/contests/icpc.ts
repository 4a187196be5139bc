/** ICPC: solved problems first, then penalty: the minute of each solution, and 20 for every rejected try at it before. */

export interface IcpcSubmission {
  problem: string;
  /** Since the start. */
  minute: number;
  accepted: boolean;
}

export interface IcpcStanding {
  solved: number;
  penalty: number;
  /** Minute of the last solution: earlier is better where the rest is equal. */
  last: number;
}

const REJECTED_MINUTES = 20;

export function icpcStanding(submissions: readonly IcpcSubmission[]): IcpcStanding {
  const rejected = new Map<string, number>();
  const solved = new Map<string, number>();
  for (const { problem, minute, accepted } of [...submissions].sort((a, b) => a.minute - b.minute)) {
    if (solved.has(problem)) continue;
    if (accepted) solved.set(problem, minute);
    else rejected.set(problem, (rejected.get(problem) ?? 0) + 1);
  }
  const penalties = [...solved].map(([problem, minute]) => minute + REJECTED_MINUTES * (rejected.get(problem) ?? 0));
  return {
    solved: solved.size,
    penalty: penalties.reduce((sum, minutes) => sum + minutes, 0),
    last: Math.max(0, ...solved.values()),
  };
}

/** Below 0 where `a` stands before `b`. */
export const compareStandings = (a: IcpcStanding, b: IcpcStanding): number =>
  b.solved - a.solved || a.penalty - b.penalty || a.last - b.last;

/** Place among the teams of a published table, from 1. */
export const icpcRank = (own: IcpcStanding, table: readonly IcpcStanding[]): number =>
  1 + table.filter((team) => compareStandings(team, own) < 0).length;
