import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type BuildPlace, findAddon } from "./addon-file.js";

let dir: string;
let place: BuildPlace;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-addon-"));
  place = { own: join(dir, "own"), cache: join(dir, "cache"), isa: undefined };
  // The suite also runs with an instruction set chosen for everything.
  vi.stubEnv("CACHALOT_ISA", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** A compiler that writes what it is asked for, or nothing; it keeps a line for each call. */
async function useCompiler(then: string): Promise<{ calls(): Promise<string[]> }> {
  const [file, log] = [join(dir, "c++"), join(dir, "calls")];
  const script = `case "$1" in --version) exit 0 ;; -march=native) exit 1 ;; esac\nfor last; do :; done\n`;
  await writeFile(file, `#!/bin/sh\n${script}echo "$*" >> ${log}\n${then}\n`);
  await chmod(file, 0o755);
  vi.stubEnv("CXX", file);
  return { calls: async () => (existsSync(log) ? (await readFile(log, "utf8")).trim().split("\n") : []) };
}
const packageRoot = new URL("../../..", import.meta.url).pathname;
const WRITES = 'while [ "$1" != -o ]; do shift; done; : > "$2"';

test("at its first use the addon is compiled into the package's folder, once", async () => {
  const compiler = await useCompiler(WRITES);
  const found = findAddon(place);
  expect(found).toEqual({ path: expect.stringMatching(/own\/cachalot-[0-9a-f]{8}\.node$/) });
  const { length } = await compiler.calls();
  expect(length).toBeGreaterThan(30);
  expect(findAddon(place)).toEqual(found);
  expect(await compiler.calls()).toHaveLength(length);
});

test("where the package's folder cannot be written, it goes into the user's cache", async () => {
  await useCompiler(WRITES);
  await writeFile(join(dir, "file"), "");
  place.own = join(dir, "file", "own");
  expect(findAddon(place)).toEqual({ path: expect.stringContaining(place.cache) });
  place.cache = join(dir, "file", "cache");
  expect(findAddon(place)).toEqual({ reason: expect.stringMatching(/neither .* nor .* is writable/) });
});

test("processes that ask at the same time wait for one build", async () => {
  const compiler = await useCompiler(`sleep 0.02; ${WRITES}`);
  const args = [join(packageRoot, "native", "build.mjs"), "--first-use", "--folder", place.own];
  const runs = await Promise.all([0, 1, 2].map(() => promisify(execFile)(process.execPath, args)));
  expect(findAddon(place)).toEqual({ path: expect.stringContaining(place.own) });
  const outputs = (await compiler.calls()).map((call) => /-o (\S+)\.\d+\.tmp/.exec(call)![1]);
  expect(new Set(outputs).size).toBe(outputs.length);
  expect(runs.filter(({ stderr }) => stderr.includes("waiting"))).toHaveLength(2);
  expect(existsSync(join(place.own, "lock"))).toBe(false);
});

test("a copy of the sources compiles nothing again, a changed header what includes it; other sets' addons are made again when asked for", async () => {
  const compiler = await useCompiler(WRITES);
  const best = findAddon(place) as { path: string };
  expect(findAddon({ ...place, isa: "portable" })).toEqual({ path: expect.any(String) });
  const { length } = await compiler.calls();

  const [ops, native] = [join(dir, "copy", "src", "ops"), join(dir, "copy", "native")];
  await cp(join(packageRoot, "src", "ops"), ops, { recursive: true });
  await cp(join(packageRoot, "native"), native, { recursive: true });
  await symlink(join(packageRoot, "..", "..", "node_modules"), join(dir, "copy", "node_modules"));
  const build = async () => {
    const args = [join(native, "build.mjs"), "--isa", "portable", "--folder", place.own];
    await promisify(execFile)(process.execPath, args);
    return (await compiler.calls()).slice(length).filter((call) => call.includes(" -c "));
  };
  expect(await build()).toEqual([]);
  expect(existsSync(best.path)).toBe(true);
  await appendFile(join(native, "topk.h"), "\n");
  expect(await build()).toEqual([expect.stringContaining(join(ops, "index-select", "kernel.cc"))]);
  expect(existsSync(best.path)).toBe(false);
});

test("a lock whose holder is gone is taken over", async () => {
  await useCompiler(WRITES);
  await mkdir(place.own);
  await writeFile(join(place.own, "lock"), "");
  await utimes(join(place.own, "lock"), 0, 0);
  expect(findAddon(place)).toEqual({ path: expect.any(String) });
});

test("what cannot be compiled says why and is tried once", async () => {
  const compiler = await useCompiler("echo 'no such header' >&2; exit 1");
  const failure = join(place.own, "failed.txt");
  expect(findAddon(place)).toEqual({ reason: expect.stringContaining(`${failure} says why`) });
  expect(await readFile(failure, "utf8")).toContain("no such header");
  const { length } = await compiler.calls();
  expect(findAddon(place)).toEqual({ reason: expect.stringContaining("could not be compiled") });
  expect(await compiler.calls()).toHaveLength(length);
});

test("without a compiler there is one clear reason, and nothing is left behind", () => {
  vi.stubEnv("CXX", "");
  vi.stubEnv("PATH", dir);
  expect(findAddon(place)).toEqual({ reason: "no C++ compiler was found; install g++ or clang++ for speed" });
});

test("an addon with every instruction set is taken before others; a named set has a file of its own", async () => {
  const compiler = await useCompiler(WRITES);
  expect(findAddon({ ...place, isa: "portable" })).toEqual({ path: join(place.own, "cachalot-portable.node") });
  expect((await compiler.calls()).some((call) => call.includes("-mavx"))).toBe(false);
  await writeFile(join(place.own, "cachalot.node"), "");
  expect(findAddon({ ...place, isa: "portable" })).toEqual({ path: join(place.own, "cachalot.node") });
});
