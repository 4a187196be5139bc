// Every package as a stranger gets it: packed, judged by publint and attw, installed in an empty folder, asked a question.
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./support/cachalot.js";
import { packages } from "./support/packages.js";

const run = promisify(execFile);
const bin = (name: string) => join(root, "node_modules", ".bin", name);
const libraries = packages.filter(({ dir }) => dir !== "packages/cli" && dir !== "models");
const ANSWER = "I am Cachalot, a small DeepSeek-V3.2-style language model.\n";

let dir: string;
/** Tarballs by package name. */
const tarballs = new Map<string, string>();
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-pack-"));
  await mkdir(join(dir, "tarballs"));
  for (const { path, manifest } of packages) {
    const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", join(dir, "tarballs")], {
      cwd: path,
    });
    tarballs.set(manifest.name, join(dir, "tarballs", stdout.trim()));
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function filesOf(tarball: string): Promise<string[]> {
  const { stdout } = await run("tar", ["-tzf", tarball]);
  return stdout
    .trim()
    .split("\n")
    .map((file) => file.replace(/^package\//, ""));
}

describe.each(packages)("$manifest.name", ({ path, manifest }) => {
  const tarball = () => tarballs.get(manifest.name)!;

  test("holds what it needs and nothing else", async () => {
    const files = new Set(await filesOf(tarball()));
    expect([...files]).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    const unwanted = /\.test\.|\.tsbuildinfo$|(^|\/)(testing|fixtures|escape)\/|(^|\/)(cases|conformance)\./;
    expect([...files].filter((file) => unwanted.test(file))).toEqual([]);
    for (const file of [...files].filter((name) => name.endsWith(".map"))) {
      const { sources } = JSON.parse(await readFile(join(path, file), "utf8")) as { sources: string[] };
      for (const source of sources)
        expect(files, `${file} needs ${source}; remove dist and build again where its source is gone`).toContain(
          join(dirname(file), source),
        );
    }
  });

  test("publint has nothing to say", async () => {
    const data = await readFile(tarball());
    const { messages } = await publint({ pack: { tarball: new Uint8Array(data).buffer } });
    expect(messages).toEqual([]);
  });

  test("the types are right", async () => {
    // Exit status 1 with the reasons for what is wrong.
    await run(process.execPath, [bin("attw"), tarball(), "--profile", "esm-only", "--no-emoji"]);
  });
});

describe("installed in an empty folder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = join(dir, "app");
    await mkdir(folder);
    await writeFile(join(folder, "package.json"), '{"private": true, "type": "module"}');
    await run("npm", ["install", "--no-audit", "--no-fund", ...tarballs.values()], { cwd: folder });
  });

  test("types need no skipLibCheck", async () => {
    const lines = libraries.map(({ manifest }, i) => `export * as p${i} from "${manifest.name}";\n`);
    await writeFile(join(folder, "all.ts"), lines.join(""));
    const compilerOptions = {
      ...{ module: "NodeNext", target: "ES2023", lib: ["ES2023", "DOM"], strict: true, skipLibCheck: false },
      ...{ noEmit: true, types: ["node"], typeRoots: [join(root, "node_modules", "@types")] },
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["all.ts"] }));
    await run(process.execPath, [bin("tsc"), "-p", folder]).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
  });

  test("every library can be imported", async () => {
    const code = `${libraries.map(({ manifest }) => `import "${manifest.name}";`).join("\n")}\nconsole.log("imported");`;
    await writeFile(join(folder, "all.mjs"), code);
    expect((await run(process.execPath, ["all.mjs"], { cwd: folder })).stdout).toBe("imported\n");
  });

  /** The command as its users call it. `PATH` and the cache folder are ours. */
  const cachalot = (args: string[], env: Record<string, string> = {}) => {
    const { CXX: _, CACHALOT_MODEL: __, CACHALOT_DISABLE_NATIVE: ___, ...rest } = process.env;
    return run(join(folder, "node_modules", ".bin", "cachalot"), args, {
      cwd: folder,
      env: { ...rest, NO_COLOR: "1", XDG_CACHE_HOME: join(dir, "cache"), ...env },
    });
  };
  const ask = ["generate", "Who are you?", "--temperature", "0"];
  const build = () => resolve(folder, "node_modules", "@cachalot", "tensor", "build");

  test("without a compiler in PATH the model answers, and one line says why it is slow", async () => {
    const path = join(dir, "node-only");
    await mkdir(path);
    await symlink(process.execPath, join(path, "node"));
    const { stdout, stderr } = await cachalot(ask, { PATH: path });
    expect(stdout).toBe(ANSWER);
    expect(stderr.match(/no C\+\+ compiler/g)).toHaveLength(1);
    expect(existsSync(build()) ? readdirSync(build()) : []).toEqual([]);
  });

  test("with one, two that start at once compile the kernels once and answer on cpu; later ones compile nothing", async () => {
    const answers = await Promise.all([cachalot([...ask, "--device", "cpu"]), cachalot([...ask, "--device", "cpu"])]);
    for (const { stdout } of answers) expect(stdout).toBe(ANSWER);
    const said = answers.map(({ stderr }) => stderr).join("");
    expect(said.match(/compiling kernels \(\w+, once\): \d+ units/g)).toHaveLength(1);
    expect(readdirSync(build()).filter((file) => file.endsWith(".node"))).toHaveLength(1);
    const again = await cachalot([...ask, "--device", "cpu"]);
    expect(again).toMatchObject({ stdout: ANSWER, stderr: expect.not.stringContaining("compiling") });
  });

  test("the command knows its version and the embedded model", async () => {
    const { version } = packages.find(({ manifest }) => manifest.name === "cachalot")!.manifest;
    expect((await cachalot(["--version"])).stdout).toBe(`${version}\n`);
    expect((await cachalot(["encode", "-", "--help"])).stdout).toContain("cachalot encode");
  });
});
