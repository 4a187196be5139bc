// A worker process for durable runs, made to be killed. Its policy and its tools depend on nothing but the conversation;
// whatever they do is written to a log, one line for each start and end, with a number of its own.
import { randomUUID } from "node:crypto";
import { appendFileSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openRuns, tool } from "@cachalot/agent";
import { createScriptedModel } from "@cachalot/chat";

const [directory, databaseUrl, workers, resume] = process.argv.slice(2);
const log = (line) => appendFileSync(join(directory, "log.txt"), `${line}\n`);

/** Between 4 and 8 steps of one to three calls. */
const stepsOf = (run) => 4 + (run % 5);
const slowness = process.env.CACHALOT_SLOWLY ? 10 : 1;
const delay = () => sleep(slowness * (20 + Math.random() * 60));

function modelOf(run) {
  const script = createScriptedModel({
    id: "worker-script",
    turns: ({ messages }) => {
      const step = messages.filter(({ role }) => role === "assistant").length;
      const execution = randomUUID();
      log(`start ${run} model-${step} ${execution}`);
      if (step === stepsOf(run)) return { reasoning: `done ${execution}`, content: `answer of ${run} after ${step}` };
      const calls = Array.from({ length: 1 + ((run + step) % 3) }, (_, index) => ({
        name: "effect",
        arguments: { run, step, index },
      }));
      return { reasoning: `thought ${step} ${execution}`, toolCalls: calls };
    },
  });
  return {
    ...script,
    async *generate(request) {
      await delay();
      yield* script.generate(request);
      await delay();
    },
  };
}

const effect = tool({
  name: "effect",
  description: "Has an effect that must happen once",
  inputSchema: { type: "object", properties: { run: {}, step: {}, index: {} } },
  concurrent: true,
  async execute({ run, step, index }, { idempotencyKey }) {
    const execution = randomUUID();
    log(`start ${run} tool-${step}-${index} ${execution}`);
    await delay();
    try {
      // The service that the key is for: it does a thing once.
      closeSync(openSync(join(directory, "effects", idempotencyKey.replaceAll(":", "_")), "wx"));
      log(`effect ${run} tool-${step}-${index}`);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    return `done ${execution}`;
  },
});

const runs = await openRuns({
  directory,
  ...(databaseUrl ? { databaseUrl } : {}),
  workers: Number(workers),
  ...(process.env.CACHALOT_LEASE_MS ? { leaseMs: Number(process.env.CACHALOT_LEASE_MS) } : {}),
  setUp: async (spec) => ({ model: modelOf(spec.agent.run), tools: [effect] }),
});
process.send?.("ready");
if (resume !== undefined) {
  const ids = Array.from({ length: Number(resume) }, (_, run) => `run-${run}`);
  const spec = (run) => ({ messages: [{ role: "user", content: `Task ${run}` }], agent: { run } });
  for (const [run, runId] of ids.entries()) {
    if ((await runs.status(runId)) === undefined) await runs.enqueue(spec(run), { runId });
  }
  for (const runId of ids) await runs.result(runId);
  await runs.close();
  process.send?.("done");
  process.disconnect?.();
}
