/** Verdict: which tests a reference patch turns from fail to pass, which it breaks, and which cannot be relied on. */

export type Outcome = "pass" | "fail" | "skip";

export interface SuiteResult {
  name: string;
  exit: number | null;
  ended: "exit" | "timeout" | "output" | "failed";
  ms: number;
  tests: Record<string, Outcome>;
  /** The end of what it printed. */
  tail: string;
}

export interface TestResults {
  built: boolean;
  build: { command: string; exit: number | null; ended: string; ms: number; tail: string }[];
  suites: SuiteResult[];
}

export interface Verdict {
  failToPass: string[];
  passToPass: string[];
  passToFail: string[];
  /** Of `failToPass`: those that ran before, and failed; and those that were not there. */
  failedBefore: number;
  missingBefore: number;
  /** Tests that changed between runs of the same tree: in none of the lists. */
  flaky: string[];
  /** Share of all tests. */
  flakeRate: number;
}

/** "suite > test" to outcome. */
export function outcomes({ suites }: TestResults): Map<string, Outcome> {
  return new Map(
    suites.flatMap(({ name, tests }) => Object.entries(tests).map(([test, outcome]) => [`${name} > ${test}`, outcome])),
  );
}

/**
 * @param parent runs of the base tree with its own tests
 * @param before runs of the base tree with the new tests
 * @param after runs of the base tree with the new tests and the reference patch
 *
 * A test that is missing before passes to FAIL_TO_PASS, unless it passed in the parent: then a crash or a build that failed hid it.
 */
export function judge(
  parent: readonly TestResults[],
  before: readonly TestResults[],
  after: readonly TestResults[],
): Verdict {
  const [parents, befores, afters] = [parent, before, after].map((runs) => runs.map(outcomes)) as [Runs, Runs, Runs];
  const all = new Set([...befores, ...afters].flatMap((run) => [...run.keys()]));
  const flaky = new Set([...all].filter((test) => [befores, afters].some((runs) => changes(runs, test))));
  const verdict: Verdict = {
    ...{ failToPass: [], passToPass: [], passToFail: [], failedBefore: 0, missingBefore: 0 },
    ...{ flaky: [...flaky].sort(), flakeRate: all.size === 0 ? 0 : flaky.size / all.size },
  };
  for (const test of [...all].sort()) {
    if (flaky.has(test)) continue;
    const [was, is] = [befores[0]?.get(test), afters[0]?.get(test)];
    const hidden = was === undefined && parents.length > 0 && parents.every((run) => run.get(test) === "pass");
    if (is === "pass") {
      if (was === "pass" || hidden) verdict.passToPass.push(test);
      else if (was !== "skip") {
        verdict.failToPass.push(test);
        if (was === "fail") verdict.failedBefore++;
        else verdict.missingBefore++;
      }
    } else if (was === "pass") verdict.passToFail.push(test);
  }
  return verdict;
}

type Runs = Map<string, Outcome>[];

const changes = (runs: Runs, test: string): boolean => runs.some((run) => run.get(test) !== runs[0]?.get(test));
