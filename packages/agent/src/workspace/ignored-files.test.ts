import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ignoredFiles } from "./ignored-files.js";

let top: string;
const FILES: Record<string, string> = {
  ".gitignore": "*.log\n/build\nsecret/\n!keep.log\n",
  "a.log": "",
  "keep.log": "",
  "src/b.log": "",
  "src/a.ts": "",
  "src/.gitignore": "*.ts\n!a.ts\n",
  "src/b.ts": "",
  "src/build/x": "",
  "build/x": "",
  "secret/key": "",
  "src/secret/key": "",
};

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "cachalot-ignore-"));
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(top, path)), { recursive: true });
    await writeFile(join(top, path), content);
  }
  execFileSync("git", ["init", "-q"], { cwd: top });
});
afterAll(() => rm(top, { recursive: true }));

/** Paths below `under` that git takes, the rules above it included. */
const gitTakes = (under: string) =>
  execFileSync("git", ["ls-files", "-o", "--exclude-standard", "."], { cwd: join(top, under), encoding: "utf8" })
    .trim()
    .split("\n")
    .toSorted();

test.each(["", "src"])("leaves out what git leaves out, also in a folder of a repository (%j)", (under) => {
  const ignored = ignoredFiles(join(top, under));
  const paths = Object.keys(FILES)
    .filter((path) => path.startsWith(under))
    .map((path) => path.slice(under === "" ? 0 : under.length + 1));
  // As a walk does it: what lies below something that is left out is never asked for.
  const taken = paths.filter((path) => {
    const names = path.split("/");
    return names.every((_, i) => !ignored(names.slice(0, i + 1).join("/")));
  });
  expect(taken.toSorted()).toEqual(gitTakes(under));
});

test("git's own files always stay out; what is asked for comes in", () => {
  const ignored = ignoredFiles(top, ["build", "secret/key"]);
  expect([".git", ".git/config", "src/.GIT/hooks", ".cachalot/runs"].map((path) => ignored(path))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(ignored("build")).toBe(false);
  expect(ignored("build/x")).toBe(false);
  expect(ignored("a.log")).toBe(true);
  // A path that is not there yet: a pattern for directories is one for directories only.
  expect([ignored("new/secret", true), ignored("new/secret", false)]).toEqual([true, false]);
});
