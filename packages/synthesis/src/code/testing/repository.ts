/** Git repositories for tests, made of texts. */

import { execFile } from "node:child_process";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const ENV = {
  ...{ PATH: process.env.PATH, HOME: "/nonexistent", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  ...{
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@localhost",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@localhost",
  },
};

/** Files by path; null is gone, `-> x` is a link to x. Each call is a commit on those before. @returns its id */
export async function commitFiles(
  directory: string,
  files: Record<string, string | null>,
  message = "change",
): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)("git", args, { cwd: directory, env: ENV })).stdout.trim();
  await mkdir(directory, { recursive: true });
  await git("init", "-q", "-b", "main");
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    await rm(file, { force: true });
    if (content === null) continue;
    await mkdir(dirname(file), { recursive: true });
    if (content.startsWith("-> ")) await symlink(content.slice(3), file);
    else await writeFile(file, content);
  }
  await git("add", "-A", "-f");
  await git("commit", "-q", "--allow-empty", "-m", message);
  return git("rev-parse", "HEAD");
}
