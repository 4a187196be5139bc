// How fast prompts are encoded and completions are parsed, in MB of UTF-8 a second.
//   npm run build && node bench/codec.mjs [--rounds 30] [--json]
// The yardstick for encoding is @huggingface/jinja with an equivalent template (bench/v32.jinja); both must give the
// same text first. Jinja gets the arguments as objects, we get JSON text and must read it. There is no such yardstick
// for parsing. Rounds are interleaved and the fastest counts: noise on a shared machine only ever adds time.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createStreamParser, encodeMessages, parseMessageFromCompletionText } from "@cachalot/chat";
import { Template } from "@huggingface/jinja";
import { commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "30" }, ...commonOptions },
});
const rounds = Number(options.rounds);
const MINIMUM_MS = 20;

const words = 'the sperm whale dives deepest and finds sparse prey by sonar 鲸 é 🐋 {} <b> "x"'.split(" ");
let state = 1;
const random = (below) => {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state % below;
};
const prose = (count) => Array.from({ length: count }, () => words[random(words.length)]).join(" ");

/** @type {import("../packages/chat/dist/index.js").ToolDefinition[]} */
const tools = ["search", "open", "find"].map((name) => ({
  type: "function",
  function: {
    name,
    description: prose(20),
    parameters: { type: "object", properties: { query: { type: "string" }, limit: { type: "integer" } } },
  },
}));

/**
 * A long research turn after some earlier ones: thinking, calls and results.
 * @returns {import("../packages/chat/dist/index.js").ChatMessage[]}
 */
function conversation(steps) {
  /** @type {import("../packages/chat/dist/index.js").ChatMessage[]} */
  const messages = [{ role: "system", content: prose(60), tools }];
  for (let step = 0; step < steps; step++) {
    if (step % 20 === 0) messages.push({ role: "user", content: prose(40) });
    const calls = [
      { name: "search", arguments: { query: prose(8), limit: random(20) } },
      { name: "open", arguments: { query: prose(4), lines: [random(9), random(9)], exact: true } },
    ];
    messages.push({
      role: "assistant",
      content: "",
      reasoning_content: prose(120),
      tool_calls: calls.map((call) => ({
        type: "function",
        function: { ...call, arguments: JSON.stringify(call.arguments) },
      })),
    });
    for (const _ of calls) messages.push({ role: "tool", content: prose(200) });
  }
  return messages;
}

const messages = conversation(60);
const prompt = encodeMessages(messages, { thinkingMode: "thinking" });

const template = new Template(readFileSync(new URL("v32.jinja", import.meta.url), "utf8"));
const [head, tail] = toolsText();
const context = {
  messages: messages.map((message) => ({
    ...message,
    ...("tool_calls" in message && {
      tool_calls: message.tool_calls.map(({ function: { name, arguments: text } }) => ({
        function: { name, arguments: JSON.parse(text) },
      })),
    }),
  })),
  tools_head: head,
  tools_tail: tail,
};

/** The fixed text around the schemas, taken from a prompt: it is the same work for both sides. */
function toolsText() {
  const bare = encodeMessages(
    [{ role: "system", content: "", tools: [{ type: "function", function: { name: "X" } }] }],
    {
      thinkingMode: "chat",
      addDefaultBosToken: false,
    },
  );
  return bare.slice(2).split('{"name": "X"}');
}

const rendered = template.render(context);
if (rendered !== prompt) {
  const at = [...prompt].findIndex((character, i) => [...rendered][i] !== character);
  console.error(`the template does not give our prompt; they differ at character ${at}, so nothing was measured`);
  console.error(JSON.stringify({ ours: prompt.slice(at - 40, at + 60), jinja: rendered.slice(at - 40, at + 60) }));
  process.exit(1);
}

/** One long completion: what a model generated for an answer of many calls. */
const answer = messages.findLast((message) => message.role === "assistant");
const completion = encodeMessages(
  [
    {
      role: "assistant",
      content: "",
      ...answer,
      reasoning_content: prose(4000),
      tool_calls: Array(200).fill(answer?.tool_calls).flat(),
    },
  ],
  { thinkingMode: "thinking", context: messages.slice(1, 2) },
);
const pieces = completion.match(/[\s\S]{1,4}/gu) ?? [];

function stream(lenient) {
  const parser = createStreamParser({ thinkingMode: "thinking", lenient, createId: () => "" });
  for (const piece of pieces) parser.push(piece);
  return parser.end().message.tool_calls.length;
}

/** V8 puts off joining the pieces of a string until a character is asked for; the reader of a prompt would pay. */
const flat = (text) => text.charCodeAt(text.length >> 1);

const runs = [
  { name: "encodeMessages", text: prompt, run: () => flat(encodeMessages(messages, { thinkingMode: "thinking" })) },
  { name: "@huggingface/jinja", text: prompt, run: () => flat(template.render(context)) },
  {
    name: "strict parser",
    text: completion,
    run: () => parseMessageFromCompletionText(completion, { thinkingMode: "thinking" }).tool_calls.length,
  },
  { name: "stream parser, pieces of 4", text: completion, run: () => stream(false) },
  { name: "stream parser, lenient", text: completion, run: () => stream(true) },
].map((entry) => ({ ...entry, bytes: Buffer.byteLength(entry.text), best: Number.POSITIVE_INFINITY }));

/** Seconds for one call, over enough calls to see it. */
function time(run) {
  let calls = 0;
  const started = performance.now();
  do {
    run();
    calls++;
  } while (performance.now() - started < MINIMUM_MS);
  return (performance.now() - started) / calls / 1000;
}

for (let round = 0; round < rounds; round++) {
  for (const entry of runs) entry.best = Math.min(entry.best, time(entry.run));
}

const results = runs.map(({ name, bytes, best }) => ({ name, bytes, mbPerSecond: bytes / best / 1e6 }));
publish({ results }, options, () => {
  for (const { name, bytes, mbPerSecond } of results) {
    console.log(`${name.padEnd(28)} ${mbPerSecond.toFixed(1).padStart(8)} MB/s   (${(bytes / 1e3).toFixed(0)} kB)`);
  }
  const [ours, jinja] = results;
  console.log(`encodeMessages is ${(ours.mbPerSecond / jinja.mbPerSecond).toFixed(1)} x @huggingface/jinja`);
});
