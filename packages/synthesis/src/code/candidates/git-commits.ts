/** Git commits with both tests and sources: the parent is the base, the commit's tests judge it. Read from the object files alone. */

import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Drop } from "../drop.js";
import { languageOf } from "../languages/index.js";
import type { Language } from "../languages/language.js";
import { changelogEntryOfDiff } from "../prompt/changelog.js";
import { git } from "../trees/git.js";
import { type ObjectStore, openObjectStore } from "../trees/object-store.js";
import { type Candidate, type CandidateTexts, idOf } from "./candidate.js";
import type { Issue } from "./issues.js";
import { licenceOf } from "./licence.js";

export interface GitCommit {
  /** Of this machine. */
  repository: string;
  commit: string;
  parent: string;
}

/** The folder that holds `objects`, of a clone, a bare repository or a linked work tree. @throws Drop `unreadable` */
export async function gitDirectory(repository: string): Promise<string> {
  const root = resolve(repository);
  const flags = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
  for (const directory of [join(root, ".git"), root]) {
    const found = await linkedDirectory(directory)
      .then((path) => git(path, flags))
      .catch(() => undefined);
    if (found) return found.toString().trim();
  }
  throw new Drop("unreadable", `${root} is no git repository; name one with its whole history`);
}

/** `.git` is a file with a path in a linked work tree. */
async function linkedDirectory(directory: string): Promise<string> {
  const text = await readFile(directory, "utf8").catch(() => undefined);
  const path = text && /^gitdir: (.+)$/m.exec(text)?.[1];
  return path ? resolve(dirname(directory), path) : directory;
}

export const repositoryName = (repository: string): string => {
  const root = resolve(repository).replace(/\/(\.git|repo(\.git)?)?$/, "");
  return basename(root)
    .replace(/\.git$/, "")
    .split("+")
    .at(-1)!;
};

/**
 * Commits of a repository's main line of thought, newest first, whose diff touches tests and sources of its language.
 *
 * @throws Drop `unreadable`, `unknown-language`
 */
export async function* gitCommits(repository: string): AsyncGenerator<GitCommit> {
  const directory = await gitDirectory(repository);
  const language = await languageAt(directory);
  const log = await git(directory, [
    "log",
    "-z",
    "--no-merges",
    "--format=%x01%H %P%x02",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "HEAD",
  ]);
  for (const record of log.toString().split("\x01").slice(1)) {
    const [heads = "", names = ""] = record.split("\x02");
    const [commit, parent, ...more] = heads.trim().split(" ");
    const paths = names
      .split("\0")
      .map((path) => path.trim())
      .filter(Boolean);
    const tests = paths.some((path) => language.isTest(path));
    const sources = paths.some((path) => !language.isTest(path) && language.isSource(path));
    if (commit && parent && more.length === 0 && tests && sources) yield { repository, commit, parent };
  }
}

async function languageAt(directory: string): Promise<Language> {
  const paths = (await git(directory, ["ls-tree", "-r", "-z", "--name-only", "HEAD"]))
    .toString()
    .split("\0")
    .filter(Boolean);
  const language = languageOf(paths);
  if (!language) throw new Drop("unknown-language", `no language knows a project of ${paths.slice(0, 8).join(", ")}`);
  return language;
}

/** @param issues of the repository, where there is an export of them */
export function gitCandidate(
  { repository, commit, parent }: GitCommit,
  scratch: string,
  issues: readonly Issue[],
): Candidate {
  const name = repositoryName(repository);
  return {
    id: idOf("git", name, commit.slice(0, 10)),
    source: {
      ...{ kind: "git", name, from: parent, to: commit },
      hashes: { [`${name}@base`]: parent, [`${name}@fix`]: commit },
    },
    async read() {
      const directory = await gitDirectory(repository);
      const store = await openObjectStore(join(scratch, "trees", idOf("git", name)), [join(directory, "objects")]);
      const [before, after] = [await store.tree(parent), await store.tree(commit)];
      const [createdAt = "", subject = "", body = ""] = (
        await git(store.directory, ["log", "-1", "--format=%cI%x00%s%x00%b", commit])
      )
        .toString()
        .split("\0");
      const texts = await textsOf(store, { commit, parent, subject, body }, issues);
      return {
        ...{ store, before, after, texts },
        licence: await licenceOf(store, before),
        ...(createdAt && { createdAt: createdAt.trim() }),
      };
    },
  };
}

interface Message {
  commit: string;
  parent: string;
  subject: string;
  body: string;
}

async function textsOf(
  store: ObjectStore,
  { commit, parent, subject, body }: Message,
  issues: readonly Issue[],
): Promise<CandidateTexts> {
  const numbers = new Set([...`${subject}\n${body}`.matchAll(/#(\d+)/g)].map(([, number]) => Number(number)));
  const issue = issues.find(({ commit: linked, number }) => (linked ? commit.startsWith(linked) : numbers.has(number)));
  const changelog = changelogEntryOfDiff(await store.diff(parent, commit));
  return {
    ...(issue && { issue: { number: issue.number, title: issue.title, body: issue.body } }),
    ...(changelog && { changelog }),
    commit: { subject, body },
  };
}
