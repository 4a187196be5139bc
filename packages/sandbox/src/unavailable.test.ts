import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findHost } from "./host.js";
import { sandboxLimits } from "./limits.js";
import { createSandbox } from "./sandbox.js";

test("without bubblewrap there is no sandbox, and the error says what to install", async () => {
  await expect(findHost(["/nonexistent"])).rejects.toMatchObject({
    code: "sandbox_unavailable",
    message: "No sandbox can be had: there is no bwrap; apt-get install bubblewrap",
  });
});

test.runIf(process.platform === "linux")("an old or foreign bwrap is refused, not used", async () => {
  // coreutils' true says nothing of --disable-userns
  await expect(findHost(undefined, "true")).rejects.toThrow("older than 0.8; install bubblewrap 0.8 or newer");
});

const module = fileURLToPath(new URL("../dist/sandbox.js", import.meta.url));
/** Makes a sandbox in another process and tells what came of it. */
const script = `import { createSandbox } from ${JSON.stringify(module)};
  await createSandbox().then((sandbox) => sandbox.run("echo ran"), (error) => error).then((it) => console.log(it.code, it.message));
  process.exit();`;
async function elsewhere(prepare: string): Promise<string> {
  const command = `${prepare} && exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await promisify(execFile)("unshare", ["-Ur", "bash", "-c", command, process.execPath, script]);
  return stdout;
}

const namespaces = await promisify(execFile)("unshare", ["-Ur", "true"]).then(
  () => true,
  () => false,
);

test.skipIf(!namespaces || !existsSync(module))(
  "where user namespaces are forbidden nothing runs, and the error says how to allow them",
  async () => {
    const stdout = await elsewhere("echo 0 >/proc/sys/user/max_user_namespaces");
    expect(stdout).toMatch(
      /^sandbox_unavailable No sandbox can be had: .*bwrap.*; allow unprivileged user namespaces/s,
    );
  },
);

test.skipIf(!namespaces || !existsSync(module) || process.getuid?.() !== 0)(
  "where programs inside would be the machine's root nothing runs either",
  async () => {
    expect(await elsewhere("true")).toMatch(
      /^sandbox_unavailable .*would be root of this machine; start as another user/s,
    );
  },
);

test.each<[Record<string, number>, string]>([
  [{ memoryMiB: 0 }, "memoryMiB is 0; give a whole number above zero"],
  [{ processes: 1.5 }, "processes is 1.5"],
  [{ timeoutMs: Number.POSITIVE_INFINITY }, "timeoutMs is Infinity"],
  [{ memory: 5 }, "There is no limit memory; there are memoryMiB, "],
])("limits %j are refused", async (limits, message) => {
  expect(() => sandboxLimits(limits)).toThrow(message);
  await expect(createSandbox(limits)).rejects.toMatchObject({ code: "invalid_limit" });
});
