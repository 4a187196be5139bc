/** Code task as a Harbor folder: the base tree as a repository of one commit, packages by hash, tests that come when it is graded. */

import type { Instance } from "../instance.js";
import { makeTask } from "../make-task.js";
import { shellQuoted } from "../shell-quote.js";
import type { TaskFile, TaskFiles, TaskFolder } from "../task.js";
import type { Candidate } from "./candidates/candidate.js";
import type { Verdict } from "./judge/verdict.js";
import type { Installation, Language, TestPlan } from "./languages/language.js";
import type { Packager } from "./packages/package.js";
import { PATH } from "./run/path.js";
import { GUEST_FILES, guestFile } from "./run/workbench.js";
import { checkLink, type ObjectStore, type Tree } from "./trees/object-store.js";

export interface MinedTask {
  candidate: Candidate;
  language: Language;
  licence: string;
  createdAt: string | undefined;
  store: ObjectStore;
  base: Tree;
  /** The base with the new tests. */
  tested: Tree;
  patch: string;
  testPatch: string;
  patchId: string;
  installation: Installation;
  plan: TestPlan;
  verdict: Verdict;
  prompt: string;
  promptSource: Instance["promptSource"];
  /** Longest run of all its tests, in milliseconds. */
  testMs: number;
}

const text = (content: string, executable = false): TaskFile => ({
  data: Buffer.from(content),
  ...(executable && { executable }),
});

const TEST_SH = `#!/bin/bash
# Lays the tests over what was done, then grades it.
set -eu
tests="$(cd "$(dirname "$0")" && pwd)"
cd /app/repo
while IFS= read -r path; do rm -rf -- "$path"; done < "$tests/replaced.txt"
cp -r "$tests/files/." .
exec python3 "$tests/grade.py" --tests "$tests" --repo /app/repo --logs /logs/verifier
`;

const SOLVE_SH = `#!/bin/bash
cd /app/repo && git apply --whitespace=nowarn "$(dirname "$0")/gold.patch"
`;

const COMMIT =
  "export GIT_AUTHOR_DATE=2000-01-01T00:00:00Z GIT_COMMITTER_DATE=2000-01-01T00:00:00Z && git init -q -b main . && git add -A -f . && " +
  "git -c user.name=base -c user.email=base@localhost -c core.hooksPath=/dev/null commit -q -m 'Base tree' && git gc -q --prune=now";

/** @throws Drop for a tree with an unsafe link */
export async function taskFolderOf(mined: MinedTask, packager: Packager): Promise<TaskFolder> {
  const { candidate, language, verdict, patch, createdAt } = mined;
  const { id, source } = candidate;
  const solution = new Map([
    ["solve.sh", text(SOLVE_SH, true)],
    ["gold.patch", text(patch)],
  ]);
  const seconds = Math.max(120, Math.ceil((10 * mined.testMs) / 1000));
  return makeTask({
    ...{ kind: "code", id, pipeline: "code", prompt: mined.prompt, promptSource: mined.promptSource, agent: "shell" },
    provenance: {
      ...{ source: `${source.kind}:${source.name}`, licence: mined.licence },
      hashes: { ...source.hashes, patchId: mined.patchId },
    },
    difficulty: {
      ...{
        files: countOf(patch, /^diff --git /gm),
        lines: countOf(patch, /^[+-](?![+-]{2} )/gm),
        hunks: countOf(patch, /^@@ /gm),
      },
      ...{ failToPass: verdict.failToPass.length, passToPass: verdict.passToPass.length },
    },
    evidence: evidenceOf(mined),
    ...{ environment: await environmentFiles(mined, packager), tests: await testsOf(mined), solution },
    config: {
      task: {
        name: `cachalot/${id}`,
        description: `${language.name}: ${source.name} ${source.to}`,
        keywords: ["code", language.name],
      },
      metadata: { language: language.name, repository: source.name, ...(createdAt && { created_at: createdAt }) },
      verifier: { timeout_sec: seconds },
      agent: { timeout_sec: 1800 },
      environment: { memory_mb: 2048, storage_mb: 2048, allow_internet: false, build_timeout_sec: 600 },
    },
  });
}

const countOf = (patch: string, pattern: RegExp): number => [...patch.matchAll(pattern)].length;

/** Nothing where the programs are there: a sandbox without network passes here. */
const aptInstall = ({ programs, aptPackages }: Language): string => {
  const packages = [...new Set(["git", "python3", "ca-certificates", ...aptPackages])].join(" ");
  return `(for p in ${["git", "python3", ...programs].join(" ")}; do command -v $p >/dev/null || exit 1; done) || (apt-get update && apt-get install -y --no-install-recommends ${packages})`;
};

const exports = (env: Readonly<Record<string, string>>): string =>
  `export ${Object.entries(env)
    .map(([name, value]) => `${name}=${shellQuoted(value)}`)
    .join(" ")};`;

async function environmentFiles(
  { store, base, language, installation, plan }: MinedTask,
  packager: Packager,
): Promise<TaskFiles> {
  const files = new Map<string, TaskFile>();
  const links: string[] = [];
  const contents = await contentsOf(store, base);
  for (const [path, { mode }] of base) {
    const data = contents.get(path)!;
    if (mode !== "120000") files.set(`repo/${path}`, { data, ...(mode === "100755" && { executable: true }) });
    else {
      checkLink(path, data.toString());
      const quoted = [data.toString(), path].map(shellQuoted);
      links.push(`mkdir -p "$(dirname ${quoted[1]})" && ln -s ${quoted.join(" ")}`);
    }
  }
  for (const { archive, sha256 } of installation.packages)
    files.set(`deps/${archive}`, { data: await packager.archive(sha256) });
  files.set("deps/install.sh", text(installation.script, true));
  if (links.length > 0) files.set("deps/links.sh", text(`set -eu\n${links.join("\n")}\n`, true));
  const dockerfile = [
    `FROM ${language.image}`,
    `ENV TZ=UTC PYTHONHASHSEED=0 LC_ALL=C.UTF-8 PATH=${PATH}`,
    "WORKDIR /app/repo",
    `RUN ${aptInstall(language)}`,
    "COPY deps/ /app/deps/",
    "COPY repo/ /app/repo/",
    "RUN bash /app/deps/install.sh && rm -f /app/deps/*.tgz /app/deps/*.whl",
    ...(links.length > 0 ? ["RUN bash /app/deps/links.sh"] : []),
    `RUN ${COMMIT}`,
    ...(language.warm ? [`RUN ${exports(plan.env)} ${language.warm}`] : []),
    "",
  ];
  files.set("Dockerfile", text(dockerfile.join("\n")));
  return files;
}

/** In the order of the tree. */
async function contentsOf(store: ObjectStore, tree: Tree): Promise<Map<string, Buffer>> {
  const contents = await store.getAll([...tree.values()].map(({ id }) => id));
  return new Map([...tree.keys()].map((path, i) => [path, contents[i]!]));
}

async function testsOf({ language, store, base, tested, plan, verdict, testPatch }: MinedTask): Promise<TaskFiles> {
  const files = new Map<string, TaskFile>([["test.sh", text(TEST_SH, true)]]);
  for (const path of ["grade.py", ...GUEST_FILES]) files.set(path, { data: await guestFile(path) });
  files.set("plan.json", text(`${JSON.stringify(plan, undefined, 1)}\n`));
  const expected = { FAIL_TO_PASS: verdict.failToPass, PASS_TO_PASS: verdict.passToPass };
  files.set("expected.json", text(`${JSON.stringify(expected, undefined, 1)}\n`));
  files.set("test.patch", text(testPatch));
  const replaced = [...new Set([...base.keys(), ...tested.keys()])].filter((path) => language.isTest(path)).sort();
  files.set("replaced.txt", text(replaced.map((path) => `${path}\n`).join("")));
  files.set("files/.keep", text(""));
  const laid = new Map([...tested].filter(([path, { mode }]) => language.isTest(path) && mode !== "120000"));
  for (const [path, data] of await contentsOf(store, laid))
    files.set(`files/${path}`, { data, ...(laid.get(path)!.mode === "100755" && { executable: true }) });
  return files;
}

function evidenceOf({ candidate, language, verdict, installation, testMs }: MinedTask): Instance["evidence"] {
  const { failedBefore, missingBefore, flaky, flakeRate } = verdict;
  return {
    ...{ language: language.name, from: candidate.source.from, to: candidate.source.to, testMs },
    ...{ failedBefore, missingBefore, flakeRate, flaky: flaky.slice(0, 20) },
    packages: installation.packages.map(({ name, version, sha256 }) => `${name}@${version} sha256:${sha256}`),
  };
}
