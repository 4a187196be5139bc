import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { workOnItem } from "../run/work-on-item.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { openPackager } from "./packages/package.js";
import { code } from "./pipeline.js";
import { commitFiles } from "./testing/repository.js";

let root: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cachalot-hostile-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const context = () => ({ cache: join(root, "cache"), signal: new AbortController().signal });
const options = { git: [], npm: [], pairs: [], limit: 1, suiteSeconds: 4 };

/** Works on the last commit of a repository: a parent with a plain project, then these files. */
async function mineCommit(files: Record<string, string | null>) {
  const repository = join(root, `project-${count++}`);
  const parent = await commitFiles(repository, {
    "package.json": "{}",
    "lib/add.js": "exports.add = (a, b) => a - b;\n",
    "test/add.js": "const assert = require('assert');\nassert.equal(require('../lib/add').add(0, 0), 0);\n",
  });
  const commit = await commitFiles(repository, files, "Add numbers, do not subtract them");
  const seed = { key: commit, data: { kind: "git", commit: { repository, commit, parent } } };
  return workOnItem({ pipeline: code, options, seed, out: join(root, "out") }, context());
}

const MENDED = { "lib/add.js": "exports.add = (a, b) => a + b;\n" };
const testOf = (body: string) => ({ ...MENDED, "test/add.js": `const assert = require('assert');\n${body}\n` });

async function tarball(entries: Record<string, Buffer | string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, data] of Object.entries(entries))
    if (typeof data === "string" && data.startsWith("-> "))
      archive.entry({ name, type: "symlink", linkname: data.slice(3) }, "");
    else archive.entry({ name }, data);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

/** Works on a pair of versions whose later tarball is this one, as if npm had downloaded it. */
async function minePackage(later: Buffer) {
  const name = `hostile-${count++}`;
  const packager = openPackager(join(root, "cache/code"));
  const versions = [];
  for (const [version, data] of [
    ["1.0.0", await tarball({ "package/package.json": "{}" })],
    ["1.0.1", later],
  ] as const) {
    const integrity = `sha512-${name}-${version}`;
    const pin = { name, version, sha256: await packager.keep(data), archive: "", path: "" };
    await packager.resolve({ client: "npm pack", name, integrity }, async () => [pin]);
    versions.push({ version, integrity });
  }
  const seed = { key: name, data: { kind: "npm", pair: { name, from: versions[0], to: versions[1] } } };
  return workOnItem({ pipeline: code, options, seed, out: join(root, "out") }, context());
}

const reasons = ({ drops, kept }: Awaited<ReturnType<typeof mineCommit>>) => [
  ...drops.map(({ reason }) => reason),
  ...kept.map(({ id }) => id),
];

withSandbox("hostile repositories and packages", () => {
  it("a plain commit becomes a task among them", async () => {
    const report = await mineCommit(
      testOf("const { add } = require('../lib/add');\nassert.equal(add(1, 2), 3);\nassert.equal(add(5, -7), -2);"),
    );
    expect(report.drops).toEqual([]);
    expect(report.kept).toHaveLength(1);
    expect(await readdir(join(root, "out"))).toEqual([report.kept[0]!.id]);
  }, 300_000);

  it.each([
    ["an endless test", testOf("for (;;);"), ["timeout"]],
    [
      "a test that writes without an end",
      testOf("const line = 'x'.repeat(1 << 20);\nfor (;;) require('fs').writeSync(1, line);"),
      ["too-large", "timeout"],
    ],
    ["a line of 100 MB", testOf("require('fs').writeSync(1, 'y'.repeat(100 * 2 ** 20));"), ["too-large"]],
    [
      "a fork bomb",
      testOf("const { spawn } = require('child_process');\nfor (;;) spawn(process.execPath, [__filename]);"),
      ["timeout", "no-results", "sandbox-lost", "no-fail-to-pass"],
    ],
    [
      "a test that removes everything",
      testOf("require('child_process').execSync('rm -rf /app /work/* /tmp/* 2>/dev/null; kill -9 -1');"),
      ["sandbox-lost", "no-results", "no-fail-to-pass"],
    ],
    [
      "a link to the host",
      { ...MENDED, "test/add.js": "-> /etc/passwd", "test/b.js": "require('assert');" },
      ["unsafe-path"],
    ],
    [
      "a link above its folder",
      { ...MENDED, "test/up": "-> ../../..", "test/add.js": "require('assert');" },
      ["unsafe-path"],
    ],
    ["a file of 60 MB", { ...MENDED, "test/add.js": "z".repeat(60 * 2 ** 20) }, ["too-large"]],
  ])(
    "%s costs one item with its reason",
    async (_, files, expected) => {
      const report = await mineCommit(files);
      expect(report.kept).toEqual([]);
      expect(expected).toContain(reasons(report)[0]);
    },
    300_000,
  );

  it.each([
    ["a path above its folder", { "package/../../../etc/cron.d/x": "x" }, "unsafe-path"],
    ["an absolute path", { "/etc/cron.d/x": "x" }, "unsafe-path"],
    ["a link", { "package/a": "-> /etc/passwd" }, "unsafe-path"],
    ["a file of git", { "package/.git/hooks/post-checkout": "#!/bin/sh" }, "unsafe-path"],
    ["a zip bomb", { "package/zeros": Buffer.alloc(200 * 2 ** 20) }, "too-large"],
  ])("a package with %s costs one item with its reason", async (_, entries, reason) => {
    expect(reasons(await minePackage(await tarball(entries)))).toEqual([reason]);
  });

  it("a damaged tarball costs one item with its reason", async () => {
    expect(reasons(await minePackage(Buffer.from("no archive")))).toEqual(["unreadable"]);
  });
});
