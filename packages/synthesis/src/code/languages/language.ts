/** Language: how its tests are found, installed without network, built, run and reported. One file each, one line in `index.ts`. */

import type { Packager, PinnedPackage } from "../packages/package.js";

/** The files of a version, read when asked for. */
export interface SourceTree {
  readonly paths: readonly string[];
  /** Text of a file, at most 1 MiB of it. "" where it is not there. */
  read(path: string): Promise<string>;
}

/** A process of its own with the tests of a file, or of what the language takes as the smallest unit. */
export interface Suite {
  name: string;
  /** Program and arguments, run in the repository. */
  command: readonly string[];
  reporter: "ctest" | "exit" | "go-json" | "jest" | "junit" | "libtest" | "tap" | "tape";
  /** File that the reporter reads, relative to the repository. */
  report?: string;
  timeoutSec?: number;
}

/** How a version is tested: the plan that `guest/run_tests.py` takes. */
export interface TestPlan {
  env: Record<string, string>;
  /** Bash, run in the repository before the suites. */
  build: readonly string[];
  buildTimeoutSec: number;
  suites: readonly Suite[];
}

/** Packages by hash, and the bash text that unpacks them in /app from /app/deps without network. */
export interface Installation {
  packages: readonly PinnedPackage[];
  script: string;
}

export interface Language {
  readonly name: string;
  /** A container image with the same programs, for those who run in one. */
  readonly image: string;
  /** Programs that must be in the sandbox, by the name they are called. */
  readonly programs: readonly string[];
  /** Debian packages that bring them into the image, where it has them not. */
  readonly aptPackages: readonly string[];
  /** Bash that fills build caches when an environment is made, with the plan's variables. */
  readonly warm?: string;
  isTest(path: string): boolean;
  /** What a reference patch may change; tests are asked for first. */
  isSource(path: string): boolean;
  /** Whether a project, by its paths, is of this language. */
  owns(paths: readonly string[]): boolean;
  /** @throws Drop `packages-missing` */
  install(tree: SourceTree, packager: Packager): Promise<Installation>;
  /** @param changed test paths that the candidate changes. No suites where there is nothing to run. */
  plan(tree: SourceTree, changed: readonly string[]): Promise<TestPlan>;
}

/** Folders and names that tests have in most languages. */
const TEST_PATH = /(^|\/)(tests?|testing|specs?|__tests__|testdata|fixtures)\//i;

export const inTestFolder = (path: string): boolean => TEST_PATH.test(path);

/** What is built from sources, or copied from elsewhere. */
const GENERATED =
  /(^|\/)(dist|build|vendor|third_party|node_modules|examples?|docs?|coverage|bench(marks?)?)\/|\.min\.|-min\./i;

export const isGenerated = (path: string): boolean => GENERATED.test(path);

/** Frozen for every run, beside TZ and PYTHONHASHSEED, which the runner sets. */
export const FROZEN_ENV: Readonly<Record<string, string>> = { CI: "1", NO_COLOR: "1", FORCE_COLOR: "0" };
