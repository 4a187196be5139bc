/** A git history made on the spot, for code synthesis where nothing may be downloaded: a small library, and commits that mend it. */

import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const LICENCE = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\n";

const test = (module: string, lines: readonly string[]): string =>
  `const assert = require('assert');\nconst lib = require('../lib/${module}');\n${lines.join("\n")}\n`;

/** Files by path, and what the commit says. */
const COMMITS: readonly { message: string; files: Readonly<Record<string, string>> }[] = [
  {
    message: "Begin",
    files: {
      LICENSE: LICENCE,
      "package.json": "{}\n",
      "lib/roman.js":
        "exports.toRoman = (n) => {\n  const signs = [[10, 'X'], [5, 'V'], [1, 'I']];\n  let text = '';\n  for (const [value, sign] of signs) while (n >= value) {\n    text += sign;\n    n -= value;\n  }\n  return text;\n};\n",
      "lib/range.js":
        "exports.overlap = ([a, b], [c, d]) => Math.max(0, Math.min(b, d) - a);\nexports.width = ([a, b]) => b - a;\n",
      "test/roman.js": test("roman", ["assert.equal(lib.toRoman(7), 'VII');"]),
      "test/range.js": test("range", [
        "assert.equal(lib.width([2, 5]), 3);",
        "assert.equal(lib.overlap([0, 4], [0, 2]), 2);",
      ]),
    },
  },
  {
    message:
      "Subtractive signs in toRoman\n\ntoRoman(4) gave IIII and toRoman(9) gave VIIII. Four, nine and forty are written IV, IX and XL.",
    files: {
      "lib/roman.js":
        "exports.toRoman = (n) => {\n  const signs = [[50, 'L'], [40, 'XL'], [10, 'X'], [9, 'IX'], [5, 'V'], [4, 'IV'], [1, 'I']];\n  let text = '';\n  for (const [value, sign] of signs) while (n >= value) {\n    text += sign;\n    n -= value;\n  }\n  return text;\n};\n",
      "test/roman.js": test("roman", [
        "assert.equal(lib.toRoman(7), 'VII');",
        "assert.equal(lib.toRoman(4), 'IV');",
        "assert.equal(lib.toRoman(49), 'XLIX');",
      ]),
    },
  },
  {
    message:
      "Overlap of ranges that begin apart\n\noverlap([0, 4], [3, 9]) gave 4: it did not look at where the second range begins. It must be 1, and 0 for ranges that do not meet.",
    files: {
      "lib/range.js":
        "exports.overlap = ([a, b], [c, d]) => Math.max(0, Math.min(b, d) - Math.max(a, c));\nexports.width = ([a, b]) => b - a;\n",
      "test/range.js": test("range", [
        "assert.equal(lib.width([2, 5]), 3);",
        "assert.equal(lib.overlap([0, 4], [3, 9]), 1);",
        "assert.equal(lib.overlap([0, 1], [5, 9]), 0);",
      ]),
    },
  },
];

/** Fixed, so that commits have the same ids each time. */
const WHO = { NAME: "cachalot", EMAIL: "cachalot@localhost", DATE: "2025-12-01T00:00:00Z" };
const ENV = {
  ...{ PATH: process.env.PATH, HOME: "/nonexistent", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  ...Object.fromEntries(
    Object.entries(WHO).flatMap(([name, value]) =>
      ["AUTHOR", "COMMITTER"].map((role) => [`GIT_${role}_${name}`, value]),
    ),
  ),
};

/** @throws where there is no git */
export async function writeExampleHistory(directory: string): Promise<void> {
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: directory, env: ENV });
  await mkdir(directory, { recursive: true });
  await git("init", "-q", "-b", "main");
  for (const { message, files } of COMMITS) {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    await git("add", "-A");
    await git("commit", "-q", "-m", message);
  }
}
