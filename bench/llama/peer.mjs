// llama.cpp on a GGUF file, in a process of its own. One JSON request a line, one JSON answer each:
//   {"prefill": tokens, "depth": n}      seconds for `tokens` more behind `depth`
//   {"decode": tokens, "depth": n}       seconds for one token behind `depth`, mean over `tokens`
//   {"probabilities": [ids]}             of every token after each of these
//   {"tokenize": text}                   token ids, special tokens recognised
//   {"concurrent": [[ids], …], "answer": n, "shared": s}  seconds for n tokens after each of these prompts, all at once; the first
//                                        s tokens, which all prompts have, are read once and copied to the other sequences
//   {"greedy": [ids], "count": n}        the n most probable tokens after these, one after the other
import { createInterface } from "node:readline";
import { getLlama } from "node-llama-cpp";

const [file, threads, contextSize, parity, sequences = "1"] = process.argv.slice(2);
const llama = await getLlama({
  gpu: false,
  build: "never",
  progressLogs: false,
  logLevel: "error",
  maxThreads: +threads,
});
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({
  contextSize: +contextSize,
  batchSize: 512,
  sequences: +sequences,
  threads: +threads,
  // For the same numbers: everything in float32. For speed: its own best settings.
  flashAttention: parity !== "parity",
  ...(parity === "parity" ? { experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" } : {}),
});
const sequence = context.getSequence();
const vocab = 4096;
const ids = (from, count) => Array.from({ length: count }, (_, i) => 10 + (((from + i) * 7919) % (vocab - 20)));

async function atDepth(depth) {
  if (sequence.nextTokenIndex > depth)
    await sequence.eraseContextTokenRanges([{ start: depth, end: sequence.nextTokenIndex }]);
  const missing = depth - sequence.nextTokenIndex;
  if (missing > 0) await sequence.evaluateWithoutGeneratingNewTokens(ids(sequence.nextTokenIndex, missing));
}

async function prefill({ prefill: count, depth }) {
  await atDepth(depth);
  const began = performance.now();
  await sequence.evaluateWithoutGeneratingNewTokens(ids(depth, count));
  return { seconds: (performance.now() - began) / 1000 };
}

async function decode({ decode: count, depth }) {
  await atDepth(depth);
  const began = performance.now();
  for (let i = 0; i < count; i++) await sequence.evaluateWithoutGeneratingNewTokens(ids(depth + i, 1));
  return { seconds: (performance.now() - began) / 1000 / count };
}

async function probabilities({ probabilities: tokens }) {
  await sequence.clearHistory();
  const results = await sequence.controlledEvaluate(
    tokens.map((token) => [token, { generateNext: { probabilities: true } }]),
  );
  return { probabilities: results.map(({ next }) => [...next.probabilities]) };
}

async function greedy({ greedy: tokens, count }) {
  await sequence.clearHistory();
  const generated = [];
  for await (const token of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
    generated.push(token);
    if (generated.length === count || model.isEogToken(token)) break;
  }
  return { tokens: generated };
}

async function concurrent({ concurrent: prompts, answer, shared = 0 }) {
  const all = [sequence, ...prompts.slice(1).map(() => context.getSequence())];
  const began = performance.now();
  if (shared > 0) {
    await sequence.evaluateWithoutGeneratingNewTokens(prompts[0].slice(0, shared));
    // llama.cpp copies sequences; node-llama-cpp knows how and keeps it for itself.
    for (const other of all.slice(1))
      if (!(await other._copyStateFromOtherSequence(sequence, shared))) throw new Error("the copy was refused");
  }
  await Promise.all(
    prompts.map(async (prompt, i) => {
      let count = 0;
      const rest = prompt.slice(shared);
      for await (const _ of all[i].evaluate(rest, { temperature: 1, topP: 1, topK: 0, yieldEogToken: true }))
        if (++count === answer) break;
    }),
  );
  return { seconds: (performance.now() - began) / 1000 };
}

const handlers = {
  concurrent,
  prefill,
  decode,
  probabilities,
  greedy,
  tokenize: ({ tokenize }) => ({ tokens: [...model.tokenize(tokenize, true)] }),
};

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const [kind] = Object.keys(request);
  console.log(JSON.stringify(await handlers[kind](request)));
}
await llama.dispose();
