/** Python: each test file by pytest in a process of its own, with wheels of what tests and sources import and the project declares. */

import { parse } from "smol-toml";
import { unpackScript } from "../packages/package.js";
import { pythonWheels } from "../packages/wheels.js";
import { FROZEN_ENV, inTestFolder, isGenerated, type Language, type SourceTree, type Suite } from "./language.js";

const REPORT = ".cachalot-report.xml";
const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test|tests?)\.py$/;
/** The last line of pytest that still runs nose's and old unittest's ways. */
const PYTEST = "pytest>=7.4,<8";

/** Names that are imported otherwise than they are installed. */
const ALIASES: Readonly<Record<string, string>> = {
  ...{ yaml: "pyyaml", dateutil: "python-dateutil", bs4: "beautifulsoup4", PIL: "pillow", attr: "attrs" },
  ...{ sklearn: "scikit-learn", dotenv: "python-dotenv", jwt: "pyjwt", pkg_resources: "setuptools" },
};

const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/** Requirements that a project declares, by normal name. */
async function declared(tree: SourceTree): Promise<Map<string, string>> {
  const lines: string[] = [];
  for (const path of tree.paths.filter((path) =>
    /^(requirements[^/]*\/)?[^/]*requirements?[^/]*\.(txt|in)$|^tox\.ini$|^setup\.(cfg|py)$/.test(path),
  ))
    lines.push(...(await tree.read(path)).split(/[\n,[\]]/).map((line) => line.trim().replace(/^["']|["']$/g, "")));
  lines.push(...textsIn(parsed(await tree.read("pyproject.toml"))));
  const found = new Map<string, string>();
  for (const line of lines) {
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)(\[[\w,\s-]+\])?\s*((?:[<>=!~]=?=?\s*[\w.*+-]+\s*,?\s*)*)(;.*)?$/.exec(
      line,
    );
    if (match && !found.has(normal(match[1]!)))
      found.set(normal(match[1]!), `${match[1]}${match[3]!.replace(/\s+/g, "")}`);
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Every text in lists of a TOML value: dependencies of all groups, whatever they are called. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => (typeof item === "string" ? [item] : textsIn(item)));
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

async function needed(tree: SourceTree): Promise<string[]> {
  const known = await declared(tree);
  const names = new Set<string>();
  for (const path of tree.paths.filter((path) => path.endsWith(".py") && !isGenerated(path)))
    for (const [, module = ""] of (await tree.read(path)).matchAll(/^\s*(?:from|import)\s+([A-Za-z_]\w*)/gm))
      for (const name of [normal(module), ALIASES[module] ?? ""]) if (known.has(name)) names.add(name);
  for (const name of known.keys())
    if (/^pytest-(asyncio|mock|subtests|lazy-fixture|datadir)$/.test(name)) names.add(name);
  // The project itself, installed, would hold what comes later.
  for (const own of ["pytest", ...ownNames(tree)]) names.delete(own);
  return [PYTEST, ...[...names].sort().map((name) => known.get(name)!)];
}

/** Packages and modules that lie in the tree. */
const ownNames = (tree: SourceTree): string[] =>
  tree.paths.flatMap((path) => {
    const match = /^(?:src\/)?([A-Za-z_]\w*)(?:\/__init__)?\.py$/.exec(path);
    return match ? [normal(match[1]!)] : [];
  });

export const python: Language = {
  name: "python",
  image: "python:3.11-bookworm",
  programs: ["python3"],
  aptPackages: [],
  isTest: (path) => inTestFolder(path) || TEST_FILE.test(path) || /(^|\/)conftest\.py$/.test(path),
  isSource: (path) => /\.pyi?$/.test(path) && !isGenerated(path) && !/(^|\/)(setup|conf|noxfile|tasks)\.py$/.test(path),
  owns: (paths) =>
    paths.some((path) => /^(pyproject\.toml|setup\.(py|cfg))$/.test(path)) &&
    paths.some((path) => path.endsWith(".py")),
  async install(tree, packager) {
    const packages = await pythonWheels(packager, await needed(tree));
    return { packages, script: unpackScript(packages) };
  },
  async plan(tree) {
    const files = tree.paths.filter((path) => TEST_FILE.test(path) && !isGenerated(path));
    const suites = files.map((file): Suite => {
      const options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", `--junitxml=${REPORT}`];
      return {
        name: file,
        command: ["python3", "-m", "pytest", ...options, file],
        reporter: "junit",
        report: REPORT,
        timeoutSec: 120,
      };
    });
    const PYTHONPATH = "/app/python:/app/repo:/app/repo/src";
    return {
      env: { ...FROZEN_ENV, PYTHONPATH, PYTHONDONTWRITEBYTECODE: "1" },
      build: [],
      buildTimeoutSec: 300,
      suites,
    };
  },
};
