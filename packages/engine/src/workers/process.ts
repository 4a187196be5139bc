import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EngineWorker } from "./engine-worker.js";

/**
 * An engine in a process of its own: a crash of a kernel, or the system's out-of-memory killer, ends that process only. It
 * ends by itself when this one does, however that happens.
 */
export function startProcess(): EngineWorker {
  const child = fork(fileURLToPath(new URL("./process-entry.js", import.meta.url)), {
    // Options of this process, such as --inspect or --eval, are not the child's; NODE_OPTIONS reaches both. What the loop makes
    // and drops in a step is small: a large young generation would only hold more garbage, and garbage that got old is collected
    // once it is a quarter of what lives, not when it is four times that, which shows as memory beside the cache's bound.
    execArgv: ["--max-semi-space-size=2", "--heap-growing-percent=25"],
    serialization: "advanced",
    // What a library prints there must not mix with what this program writes to its standard output.
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be run: ${error.message}`));
    child.once("exit", (code, signal) => resolve(signal ? `was killed by ${signal}` : `ended with code ${code}`));
  });
  return {
    port: {
      // A process that has just died is told by `ended`, not by the message it does not get.
      postMessage: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      on: (event, listener) => child.on(event, listener),
      close: () => {
        if (child.connected) child.disconnect();
      },
    },
    ended,
    kill: () => void child.kill("SIGKILL"),
  };
}
