/** IOI: a task's score is the sum over its subtasks of the best of all submissions; of submissions only the first 50 count. */

export interface IoiSubmission {
  task: string;
  /** Points by subtask: the least over its tests, times what it is worth. */
  subtasks: readonly number[];
}

const MOST_SUBMISSIONS = 50;

/** @param submissions in their order. @returns points by task */
export function ioiScores(submissions: readonly IoiSubmission[]): Map<string, number> {
  const best = new Map<string, { count: number; subtasks: number[] }>();
  for (const { task, subtasks } of submissions) {
    const known = best.get(task) ?? { count: 0, subtasks: [] };
    best.set(task, known);
    if (++known.count > MOST_SUBMISSIONS) continue;
    for (const [i, points] of subtasks.entries()) known.subtasks[i] = Math.max(known.subtasks[i] ?? 0, points);
  }
  return new Map([...best].map(([task, { subtasks }]) => [task, subtasks.reduce((sum, points) => sum + points, 0)]));
}
