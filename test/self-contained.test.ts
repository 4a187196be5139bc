// A clone of the repository needs nothing that lies beside it: code, tests, documents, CI and help texts stay inside.
import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/cachalot.js";

/** Untracked files count, too: what is not ignored is about to be tracked. */
const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root })
  .toString()
  .split("\0")
  .filter((file) => file && statSync(join(root, file), { throwIfNoEntry: false })?.isFile());

const isOutside = (path: string) => relative(resolve(root), path).startsWith("..");

/** Relative paths that a file reads or links to: imports, `new URL(…, import.meta.url)`, documents' links, JSON values. */
const references = [
  /\bfrom\s+["'](\.\.?\/[^"']*)["']/g,
  /\bimport\s*\(?\s*["'](\.\.?\/[^"']*)["']/g,
  /new URL\(\s*["'`](\.\.?\/[^"'`]*)["'`]/g,
  /\]\((\.\.?\/[^)\s]*)\)/g,
  /(?:src|href)="(\.\.?\/[^"]*)"/g,
  /"(?:extends|path|model|data|config)":\s*"(\.\.?\/[^"]*)"/g,
];
const referencesOf = (text: string) =>
  references.flatMap((pattern) => [...text.matchAll(pattern)].map(([, path]) => path!));

const leaves = (file: string, path: string) => isOutside(resolve(root, dirname(file), path));

/** A folder beside the repository by name, wherever it stands: as a command line, a help text or a comment has it. */
const beside = new RegExp(`${"../"}shared/(?:golden|spec|research|cases|data|spikes)\\b`, "g");

test("no tracked file reads or links to what lies outside the repository", () => {
  const found = files.flatMap((file) => {
    const bytes = readFileSync(join(root, file));
    if (bytes.includes(0)) return [];
    const text = bytes.toString("utf8");
    const named = [...text.matchAll(beside)].map(([path]) => path);
    return [...referencesOf(text).filter((path) => leaves(file, path)), ...named].map((path) => `${file}: ${path}`);
  });
  expect(found).toEqual([]);
});

test("no tracked link leaves the repository", () => {
  const links = files.filter((file) => lstatSync(join(root, file)).isSymbolicLink());
  expect(links.filter((file) => isOutside(realpathSync(join(root, file))))).toEqual([]);
});

test("the scan finds a path that leaves, and none that stays", () => {
  const up = "../";
  const text = `import "${up}errors.js"; new URL("${up}${up}golden/x.json", import.meta.url); [facts](${up}${up}spec.md)`;
  expect(referencesOf(text).map((path) => leaves("test/cli.test.ts", path))).toEqual([false, true, true]);
  expect(`cachalot parity ${up}shared/golden/model/plain`).toMatch(beside);
  expect(`${up}shared/transport.js and /workspace/file`).not.toMatch(beside);
});
