/** Git as plumbing: no hook, filter, pager, credential or configuration of a repository or a user takes part. */

import { spawn } from "node:child_process";
import { Drop } from "../drop.js";

const MAX_OUTPUT = 128 * 2 ** 20;
const TIMEOUT_MS = 120_000;

const SAFE = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

export interface GitOptions {
  stdin?: string | Buffer;
  /** Added to the environment. */
  env?: Record<string, string>;
  maxBytes?: number;
}

/**
 * Runs git on a git directory.
 *
 * @returns what it printed
 * @throws Drop `unreadable` where git fails, `too-large` where it prints more than `maxBytes`, `timeout`
 */
export function git(directory: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { stdin = "", env = {}, maxBytes = MAX_OUTPUT } = options;
  const child = spawn("git", [...SAFE, `--git-dir=${directory}`, ...args], {
    cwd: "/",
    env: {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      LC_ALL: "C.UTF-8",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_NO_LAZY_FETCH: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_OPTIONAL_LOCKS: "0",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let problem: Drop | undefined;
    let complaint = "";
    const stop = (drop: Drop) => {
      problem ??= drop;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => stop(new Drop("timeout", `git ${args[0]} takes too long`)), TIMEOUT_MS);
    child.stdout.on("data", (data: Buffer) => {
      bytes += data.length;
      if (bytes > maxBytes) stop(new Drop("too-large", `git ${args[0]} prints more than ${maxBytes} bytes`));
      else chunks.push(data);
    });
    child.stderr.on("data", (data: Buffer) => {
      complaint = (complaint + data.toString()).slice(-500);
    });
    child.stdin.on("error", () => {});
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (problem) reject(problem);
      else if (code !== 0) reject(new Drop("unreadable", `git ${args[0]}: ${complaint.trim() || `exit code ${code}`}`));
      else resolve(Buffer.concat(chunks));
    });
    child.stdin.end(stdin);
  });
}
