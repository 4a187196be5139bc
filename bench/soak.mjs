// Memory under load: many short, different prompts, some of them aborted, against a server whose cache is bounded.
//   node bench/soak.mjs [--minutes 2] [--cache-memory 256] [--clients 6] [--json] [--out FILE]
// Fails where server and engine grow by more than 1.25 times the bound over the idle server, or, in runs of ten minutes and
// more, by a mebibyte a minute or more once the cache is full.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { circumstances, commonOptions, publish } from "./report.mjs";
import { judge, mebibytes, post, startServer } from "./served.mjs";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    "cache-memory": { type: "string", default: "256" },
    clients: { type: "string", default: "6" },
    ...commonOptions,
  },
});
const minutes = Math.min(Number(options.minutes), 24 * 60);
const bound = Number(options["cache-memory"]);
const clients = Math.min(Number(options.clients), 64);

const server = await startServer(["--cache-memory", String(bound), "--max-sequences", "8"]);
await sleep(3000);
const idle = server.memory();
const began = performance.now();
const elapsed = () => (performance.now() - began) / 60_000;
const counts = { answered: 0, aborted: 0, failed: 0 };

const WORDS = "whale dives deep after squid in the cold dark sea and sings a long slow song to the pod".split(" ");
function body(number) {
  const words = Array.from(
    { length: 20 + ((number * 7) % 60) },
    (_, i) => WORDS[(number * (i + 3) + i * i) % WORDS.length],
  );
  const content = `Number ${number}: ${words.join(" ")}`;
  return {
    model: server.model,
    stream: true,
    max_tokens: 8 + ((number * 5) % 40),
    messages: [{ role: "user", content }],
  };
}

let next = 0;
async function client() {
  while (elapsed() < minutes) {
    const number = next++;
    let pieces = 0;
    const onChunk = number % 5 === 4 ? () => ++pieces < 3 : undefined;
    const { status, text, aborted } = await post(
      server.url,
      "/v1/chat/completions",
      body(number),
      onChunk && { onChunk },
    );
    if (aborted) counts.aborted++;
    else if (status === 200 && text.includes("[DONE]")) counts.answered++;
    else {
      counts.failed++;
      await sleep(100);
    }
  }
}

const samples = [];
let filledAt;
async function watch() {
  while (elapsed() < minutes) {
    await sleep(2000);
    const memory = server.memory();
    const { cachalot_cache_used_bytes: used, cachalot_cache_limit_bytes: limit } = await server.metrics();
    if (used >= 0.98 * limit) filledAt ??= elapsed();
    samples.push({ minute: elapsed(), memory, used, limit });
    if (!options.json && samples.length % 15 === 0)
      console.log(
        `${elapsed().toFixed(1).padStart(5)} min  ${mebibytes(memory - idle).toFixed(0)} MiB over idle, ` +
          `cache ${mebibytes(used).toFixed(0)} of ${mebibytes(limit).toFixed(0)}, ${counts.answered} answers`,
      );
  }
}
await Promise.all([watch(), ...Array.from({ length: clients }, client)]);
await server.kill("SIGTERM");

/** Bytes a minute, by least squares. */
function slope(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ minute }) => minute), mean(({ memory }) => memory)];
  const covariance = mean(({ minute, memory }) => (minute - x) * (memory - y));
  return covariance / mean(({ minute }) => (minute - x) ** 2);
}

const growth = Math.max(...samples.map(({ memory }) => memory)) - idle;
// A while for the garbage collectors to find their pace.
const settled = samples.filter(({ minute }) => filledAt !== undefined && minute > filledAt + 2);
const rise = settled.length > 2 && minutes - settled[0].minute >= 8 ? slope(settled) : undefined;
const report = {
  ...circumstances(Number(options.threads)),
  minutes,
  clients,
  ...counts,
  mebibytes: {
    bound,
    idle: mebibytes(idle),
    growth: mebibytes(growth),
    cacheUsed: mebibytes(samples.at(-1).used),
    ...(rise === undefined ? {} : { perMinuteOnceFull: mebibytes(rise) }),
  },
  filledAtMinute: filledAt,
};
publish(report, options, () => {
  console.log(`${counts.answered} answers, ${counts.aborted} aborted, ${counts.failed} failed in ${minutes} minutes`);
  judge([
    {
      name: `grew by ${mebibytes(growth).toFixed(0)} MiB over ${mebibytes(idle).toFixed(0)} idle; wanted: at most 1.25 x ${bound}`,
      passed: mebibytes(growth) <= 1.25 * bound,
    },
    { name: `${counts.failed} requests failed; wanted: none`, passed: counts.failed === 0 },
    ...(rise === undefined
      ? []
      : [
          {
            name: `${mebibytes(rise).toFixed(2)} MiB a minute once the cache was full; wanted: under 1`,
            passed: mebibytes(rise) < 1,
          },
        ]),
  ]);
});
