// What every published package has: metadata, a licence, a README that is run, exports and files without what only tests need.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleForBrowser } from "./support/browser-bundle.js";
import { main, root } from "./support/cachalot.js";
import { packages } from "./support/packages.js";

const run = promisify(execFile);
const required = process.env.CACHALOT_REQUIRE?.split(",").includes("sandbox") === true;
const withoutSandbox = required ? undefined : await sandboxUnavailableReason();

/** Inside the repository, so that imports find the workspace's packages. */
let scratch: string;
beforeAll(() => {
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  scratch = mkdtempSync(join(cache, "readme-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The blocks of one language in a document. */
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code!);

test("packages of one workspace have one version, and name each other's exactly", () => {
  const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
  for (const { manifest } of packages)
    for (const [name, range] of Object.entries(manifest.dependencies ?? {}))
      if (name.startsWith("@cachalot/")) expect(`${name} ${range}`).toBe(`${name} ${versions.get(name)}`);
});

describe.each(packages)("$manifest.name", ({ dir, path, manifest }) => {
  test("has what a registry page shows, and the licence", () => {
    const { repository, ...rest } = manifest;
    expect(rest).toMatchObject({
      name: dir === "packages/cli" ? "cachalot" : expect.stringMatching(/^@cachalot\//),
      description: expect.stringMatching(/^.{20,120}[^.]$/),
      keywords: expect.arrayContaining([expect.any(String)]),
      homepage: expect.stringContaining(`/${dir}#readme`),
      bugs: expect.stringMatching(/^https:/),
      license: "MIT",
      publishConfig: { access: "public" },
      exports: { "./package.json": "./package.json" },
      sideEffects: expect.anything(),
    });
    expect(repository).toMatchObject({ type: "git", directory: dir });
    expect(readFileSync(join(path, "LICENSE"), "utf8")).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
  });

  test("has a changelog that ends at its version", () => {
    const [, name, version] = /^# (.*)\n\n## (.*)\n/.exec(readFileSync(join(path, "CHANGELOG.md"), "utf8"))!;
    expect({ name, version }).toEqual({ name: manifest.name, version: manifest.version });
    expect(manifest.files).toContain("CHANGELOG.md");
  });

  test("ships its sources with its source maps, and nothing that only tests need", () => {
    if (dir === "models") return expect(manifest.files).toEqual(["CHANGELOG.md", "embedded", "embedded-speciale"]);
    expect(manifest.files).toEqual(expect.arrayContaining(["dist", "src", "!**/.tsbuildinfo", "!**/*.test.*"]));
    expect(manifest.files).toEqual(expect.arrayContaining(["!**/testing", "!**/fixtures"]));
  });

  test("exports files that a build makes; a command is a committed file", () => {
    for (const file of filesOf(manifest.exports ?? {}))
      expect(file.includes("*") || existsSync(join(path, file)), file).toBe(true);
    for (const file of Object.values(manifest.bin ?? {})) {
      expect(file.startsWith("dist")).toBe(false);
      expect(statSync(join(path, file)).mode & 0o111, `${file} is executable`).toBeGreaterThan(0);
    }
  });

  test.skipIf(dir === "packages/sandbox" && withoutSandbox !== undefined)(
    "has a short README whose snippet prints what it says",
    async () => {
      const text = readFileSync(join(path, "README.md"), "utf8");
      expect(text).toMatch(new RegExp(`^# ${manifest.name}\n`));
      expect(text.split("\n").length).toBeLessThan(60);
      const [code] = blocks(text, "ts");
      const [expected] = blocks(text, "text");
      if (code === undefined) {
        const [, question] = /^\$ npx cachalot generate "(.*)" --temperature 0$/m.exec(text)!;
        const { stdout } = await run(process.execPath, [main, "generate", question!, "--temperature", "0"]);
        return expect(stdout).toBe(expected);
      }
      const file = join(scratch, `${dir.replace("/", "-")}.mjs`);
      writeFileSync(file, code);
      const { stdout } = await run(process.execPath, [file], { env: { ...process.env, NO_COLOR: "1" } });
      expect(stdout).toBe(expected);
    },
  );
});

/** Every file that conditions lead to, however they are nested. */
function filesOf(target: unknown): string[] {
  return typeof target === "string" ? [target] : Object.values(target as object).flatMap(filesOf);
}

test("a browser bundle of chat is small: zod is taken apart, unused parts fall away", async () => {
  const sizeOf = async (code: string) => (await bundleForBrowser(code)).size;
  expect(await sizeOf('export { encodeMessages } from "@cachalot/chat";')).toBeLessThan(15_000);
  expect(await sizeOf('export { parseMessages } from "@cachalot/chat";')).toBeLessThan(100_000);
  expect(await sizeOf('export * from "@cachalot/chat";')).toBeLessThan(190_000);
});

test("zod is imported as a namespace everywhere: a named import keeps all of it in a bundle", async () => {
  const { stdout } = await run("git", ["ls-files", "-z", "*.ts", "*.mjs"], { cwd: root });
  const named = stdout
    .split("\0")
    .filter((file) => file && existsSync(join(root, file)))
    .filter((file) => /^import (?:type )?\{[^}]*\} from "zod";$/m.test(readFileSync(join(root, file), "utf8")));
  expect(named).toEqual([]);
});
