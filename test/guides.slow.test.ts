// Follows every guide to the letter in a copy of the repository: writes its files, makes its changes, builds, runs its commands.
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./support/cachalot.js";
import { applyDiff, readGuide } from "./support/guide.js";

const run = promisify(execFile);
const guides = readdirSync(join(root, "docs", "guides")).map((name) => ({
  name,
  steps: readGuide(readFileSync(join(root, "docs", "guides", name), "utf8")),
}));

let copy: string;
beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), "cachalot-guides-"));
  await copyRepository();
  linkModules();
  // All guides at once: they add different things, and one build is enough.
  for (const { name, steps } of guides)
    for (const step of steps) {
      if (step.kind === "run") continue;
      const file = join(copy, step.path);
      if (step.kind === "file") {
        expect(existsSync(file), `${name}: ${step.path} is new`).toBe(false);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, step.text);
      } else writeFileSync(file, applyDiff(readFileSync(file, "utf8"), step.diff));
    }
  await shell("npm run build --silent");
  await shell("npx biome check packages test");
}, 900_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(guides)("$name: its commands succeed", async ({ steps }) => {
  const commands = steps.filter((step) => step.kind === "run");
  expect(commands.length).toBeGreaterThan(0);
  for (const { command, output } of commands) {
    const { stdout } = await shell(command);
    if (output !== undefined) expect(stdout, command).toBe(output);
  }
});

/** What Git would take, and what was built of it; large files that no guide touches are linked. */
async function copyRepository(): Promise<void> {
  const linked = ["test/golden", "models/embedded"];
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  const built = readdirSync(join(root, "packages")).flatMap((name) => [
    `packages/${name}/dist`,
    `packages/${name}/build`,
  ]);
  for (const file of [...stdout.split("\0"), ...built]) {
    const from = join(root, file);
    if (file === "" || linked.some((folder) => file.startsWith(`${folder}/`)) || !existsSync(from)) continue;
    cpSync(from, join(copy, file), { recursive: true, preserveTimestamps: true });
  }
  for (const folder of linked) {
    mkdirSync(dirname(join(copy, folder)), { recursive: true });
    symlinkSync(join(root, folder), join(copy, folder));
  }
}

/** Installed packages are the repository's; those of the workspace are the copy's. */
function linkModules(): void {
  const [from, to] = [join(root, "node_modules"), join(copy, "node_modules")];
  mkdirSync(join(to, "@cachalot"), { recursive: true });
  for (const name of readdirSync(from))
    if (!["@cachalot", "cachalot", ".cache"].includes(name)) symlinkSync(join(from, name), join(to, name));
  for (const dir of [...readdirSync(join(copy, "packages")).map((name) => join("packages", name)), "models"]) {
    const { name } = JSON.parse(readFileSync(join(copy, dir, "package.json"), "utf8")) as { name: string };
    symlinkSync(join(copy, dir), join(to, name));
    const own = join(root, dir, "node_modules");
    if (existsSync(own)) symlinkSync(own, join(copy, dir, "node_modules"));
  }
}

function shell(command: string): Promise<{ stdout: string }> {
  // The workspace's own command: `.bin` is the repository's.
  const local = command.replace(/^npx cachalot /, "node packages/cli/bin/cachalot.js ");
  return run("sh", ["-c", local], { cwd: copy, env: { ...process.env, NO_COLOR: "1" } }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`${command}\n${error.stdout}\n${error.stderr}`);
    },
  );
}
