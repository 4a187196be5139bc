/** Drops of mined code: why a commit or a version pair does not become a task. */

import { Dropped } from "../pipeline.js";

/** Reasons, each with what it means. */
export const DROP_REASONS = {
  unreadable: "the package or commit cannot be read",
  "unsafe-path": "a path or link leads out of its folder",
  "too-large": "more bytes, files or text than an item may have",
  "wrong-hash": "the content is not what its hash says",
  "unknown-language": "no language knows a project of these files",
  "no-tests": "it has no tests that a known framework runs",
  "tests-unchanged": "its tests are the same before and after",
  "source-unchanged": "its sources are the same before and after",
  "toolchain-missing": "a program it needs is not installed where the sandbox sees it",
  "packages-missing": "a package it needs cannot be had",
  "install-failed": "its packages do not install offline",
  "build-failed": "it does not build with the reference patch",
  timeout: "it takes longer than an item may",
  "no-results": "its tests tell nothing with the reference patch",
  "no-fail-to-pass": "the reference patch turns no test from fail to pass",
  "pass-to-fail": "the reference patch breaks a test that passed",
  flaky: "too many of its tests change from run to run",
  "sandbox-lost": "it took its sandbox with it",
} as const;

export type DropReason = keyof typeof DROP_REASONS;

/** Thrown by a stage to drop the item it works on. */
export class Drop extends Dropped {
  override readonly name = "Dropped";

  constructor(
    override readonly reason: DropReason,
    detail: string,
  ) {
    super(reason, detail);
  }
}
