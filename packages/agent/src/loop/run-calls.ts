/** The calls of one message: side by side where their tools allow it, results always in the order of the calls. */

/**
 * Runs the tasks, giving each result in the order of the tasks. One that is not `concurrent` runs alone: after all before
 * it, and before all after it.
 *
 * @param limit how many may run at once
 */
export async function* inOrder<T>(
  tasks: readonly { concurrent: boolean; run(): Promise<T> }[],
  limit: number,
): AsyncGenerator<T, void, undefined> {
  for (let first = 0; first < tasks.length; ) {
    let end = first + 1;
    while (tasks[first]!.concurrent && end < tasks.length && tasks[end]!.concurrent) end++;
    const group = tasks.slice(first, end);
    const results: Promise<T>[] = [];
    const begin = () => {
      const task = group[results.length];
      if (task === undefined) return;
      const result = task.run();
      result.then(begin, () => {});
      results.push(result);
    };
    while (results.length < Math.min(limit, group.length)) begin();
    // A task begins when another ends, so the list grows while it is read.
    for (let i = 0; i < group.length; i++) yield await results[i]!;
    first = end;
  }
}
