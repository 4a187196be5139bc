// `cachalot serve` as a process of its own, for benchmarks that load it: on a free port of 127.0.0.1, ended with the benchmark.
import { execFileSync, spawn } from "node:child_process";
import http from "node:http";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../packages/cli/dist/main.js", import.meta.url));

/** Process ids, parents and resident memory in bytes of all processes. */
function processes() {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss=,stat="], { encoding: "utf8" }).trim().split("\n");
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => !state.startsWith("Z"))
    .map(([pid, parent, rss]) => ({ pid: Number(pid), parent: Number(parent), rss: Number(rss) * 1024 }));
}

export const isAlive = (pid) => processes().some((each) => each.pid === pid);

/** Servers that were started here and still run. */
const servers = new Set();
process.on("exit", () => {
  for (const child of servers) child.kill("SIGKILL");
});
// A signal alone would end the benchmark without "exit".
for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
  process.on(signal, () => process.exit(128 + number));

/** Starts the server; `args` are those of `cachalot serve`. */
export async function startServer(args = []) {
  const child = spawn(process.execPath, [main, "serve", "--port", "0", "--json", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  servers.add(child);
  child.once("exit", () => servers.delete(child));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors = (errors + text).slice(-100_000);
  });
  const exited = new Promise((resolve) => child.once("close", resolve));
  const greeting = await new Promise((resolve, reject) => {
    child.stdout.once("data", (data) => resolve(String(data)));
    child.once("close", (code) => reject(new Error(`cachalot serve ended with ${code}: ${errors}`)));
  });
  const { url, model } = JSON.parse(greeting);
  return {
    url,
    model,
    pid: child.pid,
    exited,
    /** What it has written to standard error. */
    errors: () => errors,
    engines: () => processes().filter(({ parent }) => parent === child.pid),
    /** Of the server and its engine together, in bytes. */
    memory: () =>
      processes()
        .filter(({ pid, parent }) => pid === child.pid || parent === child.pid)
        .reduce((sum, { rss }) => sum + rss, 0),
    serverMemory: () => processes().find(({ pid }) => pid === child.pid)?.rss ?? 0,
    async metrics() {
      const text = await (await fetch(`${url}/metrics`)).text();
      const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      return Object.fromEntries(
        lines.map((line) => /^(.*) (\S+)$/.exec(line) ?? []).map(([, name, value]) => [name, Number(value)]),
      );
    },
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/**
 * What became of a request.
 * @typedef {{ status: number, text: string, error: string | undefined, aborted: boolean, firstByteMs: number,
 *   retryAfter: string | undefined }} Answered
 */

/**
 * Posts JSON to the server and reads the answer to its end.
 * @param {string} url
 * @param {string} path
 * @param {object} body
 * @param {{ agent?: http.Agent, onChunk?: (chunk: string) => boolean | undefined }} [options] `onChunk` is told of each piece of
 * the body; the request is aborted when it returns false
 * @returns {Promise<Answered>}
 */
export function post(url, path, body, { agent, onChunk } = {}) {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  return new Promise((resolve) => {
    /** @type {Answered} */
    const result = { status: 0, text: "", error: undefined, aborted: false, firstByteMs: 0, retryAfter: undefined };
    const fail = (/** @type {NodeJS.ErrnoException} */ error) => {
      if (!result.aborted) result.error = error.code ?? error.message;
    };
    const finish = () => resolve(result);
    const request = http.request(
      { hostname, port, path, method: "POST", agent, headers: { "content-type": "application/json" } },
      (response) => {
        result.status = response.statusCode ?? 0;
        result.retryAfter = response.headers["retry-after"];
        result.firstByteMs = performance.now() - began;
        response.setEncoding("utf8").on("data", (chunk) => {
          result.text += chunk;
          if (onChunk?.(chunk) !== false) return;
          result.aborted = true;
          request.destroy();
        });
        response.on("end", finish).on("close", finish);
        response.on("error", fail);
      },
    );
    request.on("error", (error) => {
      fail(error);
      finish();
    });
    request.end(JSON.stringify(body));
  });
}

/** Of numbers in any order. */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const mebibytes = (bytes) => bytes / 2 ** 20;

/** Prints each check, and makes the process fail where one does. */
export function judge(checks) {
  for (const { name, passed } of checks) {
    console.log(`${passed ? "pass" : "FAIL"}  ${name}`);
    if (!passed) process.exitCode = 1;
  }
}
