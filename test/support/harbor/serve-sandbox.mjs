// A sandbox for an environment of Harbor's: the task folder that is named is built and opened, and each line of stdin, a JSON
// request, is carried out in it. Answers come one a line, in whatever order they are ready; the end of stdin ends the sandbox.
import { createInterface } from "node:readline";
import { attemptTask, buildEnvironment, readTaskFolder } from "@cachalot/synthesis";

/** Harbor keeps the time of what it starts without a limit. */
const NO_LIMIT_MS = 86_400_000;

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** @returns what a request of this kind asks for */
const OPERATIONS = {
  async run({ run }, { command, timeoutMs = NO_LIMIT_MS }, signal) {
    const { stdout, stderr, exitCode, ended, notices } = await run(command, { timeoutMs, signal });
    return { stdout, stderr, exitCode, ended, notices };
  },
  async put({ sandbox }, { path, data }) {
    await sandbox.put(path, Buffer.from(data, "base64"));
    return {};
  },
  async get({ sandbox }, { path }) {
    return { data: (await sandbox.get(path)).toString("base64") };
  },
};

async function serve(session) {
  const running = new Map();
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, op, stop, ...request } = JSON.parse(line);
    if (stop !== undefined) {
      running.get(stop)?.abort();
      continue;
    }
    const controller = new AbortController();
    running.set(id, controller);
    OPERATIONS[op](session, request, controller.signal)
      .then(
        (answer) => say({ id, ...answer }),
        (error) => say({ id, error: error.message }),
      )
      .finally(() => running.delete(id));
  }
}

try {
  const built = await buildEnvironment(await readTaskFolder(process.argv[2]));
  await attemptTask(built, serve);
} catch (error) {
  say({ error: error.message });
  process.exitCode = 1;
}
