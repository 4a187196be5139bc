// The engine's process killed again and again under streams.
//   node bench/engine-crash.mjs [--rounds 100] [--streams 32] [--json] [--out FILE]
// Fails where a stream ends without an error event, the server is not ready again within 3 s at the 95th percentile, a process
// is left over, or the server's memory grows.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { circumstances, commonOptions, publish } from "./report.mjs";
import { isAlive, judge, mebibytes, percentile, post, startServer } from "./served.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    streams: { type: "string", default: "32" },
    ...commonOptions,
  },
});
const rounds = Math.min(Number(options.rounds), 1000);
const streams = Math.min(Number(options.streams), 256);
const SIGNALS = ["SIGKILL", "SIGSEGV", "SIGABRT"];

const server = await startServer(["--max-sequences", String(streams), "--max-queue", "0", "--cache-memory", "64"]);

/** A stream to its end; `begun` resolves with its first piece. */
function stream(number) {
  let tellBegun;
  const begun = new Promise((resolve) => {
    tellBegun = resolve;
  });
  const messages = [{ role: "user", content: `Count from ${number}.` }];
  const body = { model: server.model, stream: true, max_tokens: 4000, messages };
  const ended = post(server.url, "/v1/chat/completions", body, { onChunk: () => tellBegun() });
  void ended.then(tellBegun);
  return { begun, ended };
}

/** Whether the last event of a stream is an error in the API's shape. */
function hasErrorEvent({ status, text }) {
  if (status !== 200) return false;
  const last = text.trimEnd().split("\n\n").at(-1) ?? "";
  return last.startsWith("data: {") && JSON.parse(last.slice(6)).error?.code === "unavailable";
}

/** Until one token is answered; milliseconds. */
async function untilReady() {
  const began = performance.now();
  for (;;) {
    const body = { model: server.model, prompt: "Once", max_tokens: 1 };
    const { status } = await post(server.url, "/v1/completions", body);
    if (status === 200) return performance.now() - began;
    if (performance.now() - began > 60_000) throw new Error(`not ready after a minute: ${server.errors()}`);
    await sleep(20);
  }
}

const result = { killed: 0, streams: 0, errorEvents: 0, answeredBefore: 0 };
const ready = [];
const memory = [];
const killed = [];
for (let round = 0; round < rounds; round++) {
  const running = Array.from({ length: streams }, (_, i) => stream(round * streams + i));
  await Promise.all(running.map(({ begun }) => begun));
  const [engine] = server.engines();
  process.kill(engine.pid, SIGNALS[round % SIGNALS.length]);
  killed.push(engine.pid);
  result.killed++;
  for (const ended of await Promise.all(running.map(({ ended }) => ended))) {
    // A short answer may have come to its end before the engine was killed.
    if (ended.text.includes("[DONE]")) result.answeredBefore++;
    else {
      result.streams++;
      if (hasErrorEvent(ended)) result.errorEvents++;
    }
  }
  ready.push(await untilReady());
  memory.push({ server: server.serverMemory(), all: server.memory() });
  if (!options.json && round % 10 === 9)
    console.log(
      `${round + 1} killed: ready after ${ready.at(-1).toFixed(0)} ms, server ${mebibytes(memory.at(-1).server).toFixed(0)} MiB, ` +
        `with its engine ${mebibytes(memory.at(-1).all).toFixed(0)} MiB`,
    );
}
const engines = server.engines();
const leftOver = killed.filter(isAlive).length + engines.length - 1;
await server.kill("SIGKILL");
await sleep(2000);
const orphans = engines.filter(({ pid }) => isAlive(pid)).length;

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const tenth = Math.max(1, Math.floor(rounds / 10));
/** From the second tenth of the rounds, when everything has been used once, to the last. */
const growth = (of) => mean(memory.slice(-tenth).map(of)) - mean(memory.slice(tenth, 2 * tenth).map(of));
const growths = { server: growth(({ server: bytes }) => bytes), all: growth(({ all }) => all) };
const report = {
  ...circumstances(Number(options.threads)),
  ...result,
  readyMs: { p50: percentile(ready, 0.5), p95: percentile(ready, 0.95), max: Math.max(...ready) },
  leftOver,
  orphans,
  growthMebibytes: { server: mebibytes(growths.server), all: mebibytes(growths.all) },
};
publish(report, options, () => {
  const { readyMs, growthMebibytes } = report;
  judge([
    {
      name: `${result.errorEvents} of ${result.streams} streams got an error event (${result.answeredBefore} had ended before)`,
      passed: result.errorEvents === result.streams,
    },
    {
      name: `answering again after ${readyMs.p50.toFixed(0)} ms (median), ${readyMs.p95.toFixed(0)} ms (p95); wanted: 3000`,
      passed: readyMs.p95 <= 3000,
    },
    {
      name: `${leftOver} processes left over, ${orphans} after the server was killed; wanted: none`,
      passed: leftOver === 0 && orphans === 0,
    },
    {
      name: `memory grew by ${growthMebibytes.server.toFixed(1)} MiB (server) and ${growthMebibytes.all.toFixed(1)} MiB (with its engine); wanted: under 16`,
      passed: growthMebibytes.server < 16 && growthMebibytes.all < 16,
    },
  ]);
});
