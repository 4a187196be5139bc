/** JavaScript and TypeScript: each test file by its own framework, with only the npm packages that tests and sources name. */

import { builtinModules } from "node:module";
import { npmPackages } from "../packages/npm.js";
import { unpackScript } from "../packages/package.js";
import { FROZEN_ENV, inTestFolder, isGenerated, type Language, type SourceTree, type Suite } from "./language.js";

const SCRIPT = /\.(c|m)?[jt]sx?$/;
const TEST_FILE = /(^|\/)(tests?|specs?)\.(c|m)?[jt]sx?$|[._-](test|spec|tests)\.(c|m)?[jt]sx?$/i;

interface Framework {
  name: string;
  /** Whether a file is written for it. */
  owns(text: string, manifest: Manifest): boolean;
  /** npm package of its runner. */
  needs?: string;
  suite(file: string): Pick<Suite, "command" | "reporter" | "report">;
}

interface Manifest {
  name?: unknown;
  version?: unknown;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  scripts?: Record<string, string>;
}

const imports = (name: string) => new RegExp(`(require\\(\\s*|from\\s+|import\\s+)['"]${name}['"]`);
const has = (name: string, { dependencies, devDependencies, scripts }: Manifest) =>
  dependencies?.[name] !== undefined ||
  devDependencies?.[name] !== undefined ||
  new RegExp(`\\b${name}\\b`).test(scripts?.test ?? "");
const BIN = "../node_modules/.bin";
const REPORT = ".cachalot-report";
const DESCRIBES = /^\s*(describe|suite|context|it|test)(\.\w+)*\s*\(/m;

/** In order: the first that owns a file runs it. */
const FRAMEWORKS: readonly Framework[] = [
  {
    name: "tape",
    owns: (text) => /require\(\s*['"](tape|tape-catch)['"]\)|from\s+['"]tape['"]/.test(text),
    needs: "tape",
    suite: (file) => ({ command: ["node", file], reporter: "tape" }),
  },
  {
    name: "node:test",
    owns: (text) => imports("(node:)?test").test(text),
    suite: (file) => ({ command: ["node", "--test-reporter=tap", file], reporter: "tap" }),
  },
  {
    name: "ava",
    owns: (text) => imports("ava").test(text),
    needs: "ava",
    suite: (file) => ({ command: ["node", `${BIN}/ava`, "--tap", file], reporter: "tap" }),
  },
  {
    name: "tap",
    owns: (text) => imports("tap").test(text),
    needs: "tap",
    suite: (file) => ({ command: ["node", file], reporter: "tap" }),
  },
  {
    name: "vitest",
    owns: (text, manifest) => imports("vitest").test(text) || (DESCRIBES.test(text) && has("vitest", manifest)),
    needs: "vitest",
    suite: (file) => ({
      command: ["node", `${BIN}/vitest`, "run", "--reporter=junit", `--outputFile=${REPORT}.xml`, file],
      reporter: "junit",
      report: `${REPORT}.xml`,
    }),
  },
  {
    name: "jest",
    owns: (text, manifest) => imports("@jest/globals").test(text) || (DESCRIBES.test(text) && has("jest", manifest)),
    needs: "jest",
    suite: (file) => ({
      command: [
        "node",
        `${BIN}/jest`,
        "--json",
        `--outputFile=${REPORT}.json`,
        "--coverage=false",
        "--runTestsByPath",
        file,
      ],
      reporter: "jest",
      report: `${REPORT}.json`,
    }),
  },
  {
    name: "mocha",
    owns: (text, manifest) => imports("mocha").test(text) || (DESCRIBES.test(text) && has("mocha", manifest)),
    needs: "mocha",
    suite: (file) => ({ command: ["node", `${BIN}/mocha`, "--reporter", "tap", file], reporter: "tap" }),
  },
  {
    name: "assert",
    owns: (text) => imports("(node:)?assert(/strict)?").test(text) && !DESCRIBES.test(text),
    suite: (file) => ({ command: ["node", file], reporter: "exit" }),
  },
];

/** The test files that a framework runs. Browser pages, helpers and fixtures are none. */
async function testFiles(tree: SourceTree): Promise<{ file: string; framework: Framework; text: string }[]> {
  const manifest = await readManifest(tree);
  const found = [];
  for (const file of tree.paths.filter((path) => javascript.isTest(path) && SCRIPT.test(path))) {
    if (/(^|\/)(fixtures?|helpers?|browsers?|node_modules|perf|bench(mark)?s?)(\/|\.)/i.test(file)) continue;
    const text = await tree.read(file);
    const framework = FRAMEWORKS.find((candidate) => candidate.owns(text, manifest));
    if (framework) found.push({ file, framework, text });
  }
  return found;
}

async function readManifest(tree: SourceTree): Promise<Manifest> {
  try {
    const value: unknown = JSON.parse(await tree.read("package.json"));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

const SPECIFIER = /(?:require\(\s*|\bfrom\s+|\bimport\s+|\bimport\(\s*)['"]([^'"./][^'"\n]*)['"]/g;

/** Names of packages that a text imports. */
function importedPackages(text: string): string[] {
  const names = [...text.matchAll(SPECIFIER)].map(([, specifier = ""]) =>
    specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/"),
  );
  return [...new Set(names)].filter(
    (name) =>
      !name.startsWith("node:") && !builtinModules.includes(name) && /^(@[a-z0-9._~-]+\/)?[a-z0-9._~-]+$/i.test(name),
  );
}

/** A range that a registry can answer: no folder, repository or address. */
const isRange = (range: string | undefined): range is string => range !== undefined && /^[\w.^~<>=|*\s-]+$/.test(range);

async function neededPackages(tree: SourceTree): Promise<Record<string, string>> {
  const manifest = await readManifest(tree);
  const ranges = {
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
    ...manifest.devDependencies,
    ...manifest.dependencies,
  };
  const tests = await testFiles(tree);
  const names = new Set(tests.flatMap(({ framework }) => framework.needs ?? []));
  for (const path of tree.paths) {
    if (!SCRIPT.test(path) || isGenerated(path) || (!javascript.isTest(path) && !javascript.isSource(path))) continue;
    for (const name of importedPackages(await tree.read(path)))
      if (ranges[name] !== undefined && name !== manifest.name) names.add(name);
  }
  if (tests.some(({ file }) => /\.[cm]?tsx?$/.test(file))) names.add("tsx");
  return Object.fromEntries([...names].map((name) => [name, isRange(ranges[name]) ? ranges[name] : "latest"]));
}

export const javascript: Language = {
  name: "javascript",
  image: "node:20-bookworm",
  programs: ["node"],
  aptPackages: [],
  isTest: (path) => (inTestFolder(path) || TEST_FILE.test(path)) && !/(^|\/)node_modules\//.test(path),
  isSource: (path) =>
    (SCRIPT.test(path) || /\.(json|wasm)$/.test(path)) &&
    !isGenerated(path) &&
    !/(^|\/)(package(-lock)?|component|bower|tsconfig)\.json$|(^|\/)\.|(^|\/)(karma|eslint|rollup|webpack|gulpfile|Gruntfile)[\w.-]*$/.test(
      path,
    ),
  owns: (paths) => paths.includes("package.json"),
  async install(tree, packager) {
    const { name, version } = await readManifest(tree);
    const named = typeof name === "string" && typeof version === "string" && /^\d+\.\d+\.\d+/.test(version);
    const packages = await npmPackages(packager, await neededPackages(tree), named ? { name, version } : undefined);
    return { packages, script: unpackScript(packages) };
  },
  async plan(tree) {
    const suites = (await testFiles(tree)).map(({ file, framework }): Suite => {
      const { command, ...rest } = framework.suite(file);
      const typed = /\.[cm]?tsx?$/.test(file) && ["tape", "node:test", "assert", "mocha"].includes(framework.name);
      return {
        name: file,
        command: typed ? ["node", "--import", "tsx", ...command.slice(1)] : command,
        ...rest,
        timeoutSec: 60,
      };
    });
    return { env: { ...FROZEN_ENV, NODE_ENV: "test" }, build: [], buildTimeoutSec: 300, suites };
  },
};
