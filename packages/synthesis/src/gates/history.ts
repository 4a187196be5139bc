import { attempt } from "../harbor/attempt.js";
import { shellQuoted } from "../shell-quote.js";
import type { Gate } from "./gate.js";

/**
 * A repository the agent sees has one commit: what came later, or what was undone, can be read from any other, reachable or not
 * (SWE-bench issue 465).
 */
export const history: Gate = {
  name: "history",
  description: "a repository in the environment has one commit and no remote",
  runs: true,
  async check(subject) {
    const built = await subject.built();
    const repositories = [...built.snapshot.keys()]
      .filter(
        (path) => path.endsWith("/HEAD") && built.snapshot.get(`${path.slice(0, -4)}objects`)?.type === "directory",
      )
      .map((path) => path.slice(0, -5));
    if (repositories.length === 0) return [];
    const problems: string[] = [];
    await attempt(built, async ({ run }) => {
      for (const repository of repositories) {
        const git = `git --git-dir=${shellQuoted(`/work/${repository}`)}`;
        const { stdout } = await run(
          `${git} cat-file --batch-all-objects --batch-check='%(objecttype)' | grep -c '^commit$'; ${git} remote | grep -c .`,
        );
        const [commits = "0", remotes = "0"] = stdout.trim().split("\n");
        if (Number(commits) > 1) problems.push(`/${repository} holds ${commits} commits, not one`);
        if (Number(remotes) > 0) problems.push(`/${repository} has a remote`);
      }
    });
    return problems;
  },
};
