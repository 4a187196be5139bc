// package-lock.json stays as it is whichever npm installs: complete for every platform, and bound to no registry.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/cachalot.js";

interface Locked {
  resolved?: string;
  link?: boolean;
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};

test("no package is bound to a registry's address", () => {
  const bound = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(bound.map(([path]) => path)).toEqual([]);
  expect(readFileSync(join(root, ".npmrc"), "utf8")).toContain("omit-lockfile-registry-resolved=true");
});

test("optional packages of every platform are there: an install elsewhere adds none", () => {
  const names = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf("node_modules/") + 13)));
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter((name) => !names.has(name));
  expect(missing).toEqual([]);
});

test("nothing is there that npm 10 takes away again (`npm run lock` writes it so)", () => {
  expect(Object.keys(packages).filter((path) => packages[path]!.libc)).toEqual([]);
});
