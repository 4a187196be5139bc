// Overload: 200 clients on a server that lets 40 in; each that is refused asks again 50 ms later, ten times as many requests
// as can be answered.
//   node bench/overload.mjs [--seconds 20] [--clients 200] [--json] [--out FILE]
// Fails where refusals take more than 100 ms at the 99th percentile or lack Retry-After, where a request fails otherwise, or
// where the server prints anything. Times are the clients': a busy client adds its own delay, which is printed, too.
import http from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { circumstances, commonOptions, publish } from "./report.mjs";
import { judge, percentile, post, startServer } from "./served.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    clients: { type: "string", default: "200" },
    ...commonOptions,
  },
});
const seconds = Math.min(Number(options.seconds), 600);
const clients = Math.min(Number(options.clients), 2000);

const server = await startServer(["--max-sequences", "8", "--max-queue", "32"]);
const agent = new http.Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const began = performance.now();
const end = began + seconds * 1000;
const counts = { answered: 0, refused: 0, withoutRetryAfter: 0, failed: 0 };
const refusals = [];

let next = 0;
async function client() {
  while (performance.now() < end) {
    const messages = [{ role: "user", content: `Repeat: number ${next++}` }];
    const body = { model: server.model, stream: true, max_tokens: 16, messages };
    const { status, text, retryAfter, firstByteMs } = await post(server.url, "/v1/chat/completions", body, { agent });
    if (status === 200 && text.includes("[DONE]")) counts.answered++;
    else if (status === 429) {
      counts.refused++;
      if (!retryAfter) counts.withoutRetryAfter++;
      refusals.push({ at: performance.now() - began, ms: firstByteMs });
      await sleep(50);
    } else counts.failed++;
  }
}
await Promise.all(Array.from({ length: clients }, client));
await server.kill("SIGTERM");

const times = (from) => {
  const values = refusals.filter(({ at }) => at >= from).map(({ ms }) => ms);
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), p999: percentile(values, 0.999) };
};
const report = {
  ...circumstances(Number(options.threads)),
  seconds,
  clients,
  ...counts,
  overload: (counts.answered + counts.refused) / counts.answered,
  refusalMs: times(0),
  refusalMsAfterTwoSeconds: times(2000),
  clientDelayMs: { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6 },
};
publish(report, options, () => {
  const { refusalMs, refusalMsAfterTwoSeconds, clientDelayMs } = report;
  const show = ({ p50, p99, p999 }) => `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, p99.9 ${p999.toFixed(0)} ms`;
  console.log(
    `${counts.answered} answered (${(counts.answered / seconds).toFixed(0)} a second), ${counts.refused} refused: ` +
      `${report.overload.toFixed(0)} times as many requests as answers`,
  );
  console.log(`refusals: ${show(refusalMs)}; after the first two seconds ${show(refusalMsAfterTwoSeconds)}`);
  console.log(`the clients' own delay: p50 ${clientDelayMs.p50.toFixed(0)}, p99 ${clientDelayMs.p99.toFixed(0)} ms`);
  const printed = server.errors();
  judge([
    { name: `refused within ${refusalMs.p99.toFixed(0)} ms at p99; wanted: 100`, passed: refusalMs.p99 <= 100 },
    {
      name: `${counts.withoutRetryAfter} refusals without Retry-After, ${counts.failed} failures; wanted: none`,
      passed: counts.withoutRetryAfter + counts.failed === 0,
    },
    { name: printed === "" ? "nothing on standard error" : `on standard error: ${printed}`, passed: printed === "" },
  ]);
});
