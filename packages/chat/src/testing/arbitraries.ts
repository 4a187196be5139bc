/** Generators for property tests: text, arguments, messages, completions and broken completions. */

import fc from "fast-check";
import { encodeMessages } from "../codec/encode-messages.js";
import { ASSISTANT, BOS, DSML, EOS, SPECIAL_TOKENS, THINK_END, THINK_START, USER } from "../codec/special-tokens.js";
import type { AssistantMessage, ThinkingMode, ToolCall } from "../messages.js";

/** How long a property is tried. Another `FAST_CHECK_SEED` or `FAST_CHECK_RUNS` looks further. */
export const runs = {
  seed: Number(process.env.FAST_CHECK_SEED ?? 1),
  numRuns: Number(process.env.FAST_CHECK_RUNS ?? 1000),
};

const words = [
  "whale ",
  "<b>",
  "😀",
  "\n",
  "\n\n",
  '"',
  "\\",
  "é世",
  "<",
  "</",
  "｜",
  "{}",
  ">\n",
  " ",
  "\t",
  "\u0007",
  "x",
];

/** Text without special tokens, rich in characters that look like the start of one. */
export const plainText = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: "grapheme", maxLength: 4 })), { maxLength: 8 })
  .map((parts) => parts.join(""))
  .filter((text) => !SPECIAL_TOKENS.some((token) => text.includes(token)));

const key = fc.oneof(fc.constantFrom("a", "10", "2", "__proto__", "查询", "x y"), fc.string({ maxLength: 5 }));

const jsonText = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom("1.0", "1e22", "-0.0", "12345678901234567890", '{"10": 1, "2": [null]}', "true"),
  fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => JSON.stringify(text)),
  plainText.map((text) => JSON.stringify(text)),
);

const toolCall: fc.Arbitrary<ToolCall> = fc
  .record({
    name: fc.constantFrom("f", "get_weather", "search-2"),
    fields: fc.uniqueArray(fc.tuple(key, jsonText), { selector: ([name]) => name, maxLength: 4 }),
  })
  .map(({ name, fields }) => ({
    type: "function",
    function: {
      name,
      arguments: `{${fields.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(", ")}}`,
    },
  }));

export const thinkingMode = fc.constantFrom<ThinkingMode>("thinking", "chat");

export const assistantMessage = fc.record({
  role: fc.constant("assistant" as const),
  content: plainText,
  reasoning_content: plainText,
  tool_calls: fc.array(toolCall, { maxLength: 3 }),
});

/** The text a model would generate for `message`. */
export function completionText(message: AssistantMessage, mode: ThinkingMode): string {
  const encoded = encodeMessages([{ ...message, reasoning_content: message.reasoning_content || "hm" }], {
    thinkingMode: mode,
    context: [{ role: "user", content: "hi" }],
  });
  return encoded;
}

export const completion = fc
  .record({ message: assistantMessage, mode: thinkingMode })
  .map(({ message, mode }) => ({ mode, text: completionText(message, mode) }));

const fragments = [
  BOS,
  EOS,
  THINK_START,
  THINK_END,
  USER,
  ASSISTANT,
  DSML,
  `\n\n<${DSML}function_calls>\n`,
  `<${DSML}function_calls`,
  `</${DSML}function_calls>`,
  `<${DSML}invoke name="g">\n`,
  `<${DSML}invoke`,
  `</${DSML}invoke>\n`,
  `<${DSML}parameter name="p" string="true">`,
  `<${DSML}parameter name="p" string="false">`,
  `<${DSML}parameter name='p' string=no >`,
  `</${DSML}parameter>\n`,
  `/${DSML}parameter`,
  `<\n/${DSML}parameter`,
  ">\n",
  "\n",
  ">",
  '" string="true">',
  ' name="',
  "word",
];

/** Completions with pieces cut out, inserted or cut off, and heaps of fragments. */
export const brokenCompletion = fc.oneof(
  fc
    .record({
      base: completion,
      edits: fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          remove: fc.nat({ max: 12 }),
          insert: fc.oneof(fc.constant(""), fc.constantFrom(...fragments)),
        }),
        { maxLength: 3 },
      ),
      keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ base, edits, keep }) => {
      let { text } = base;
      for (const { at, remove, insert } of edits) {
        const position = Math.floor(at * text.length);
        text = text.slice(0, position) + insert + text.slice(position + remove);
      }
      return { mode: base.mode, text: text.slice(0, Math.ceil(keep * text.length)) };
    }),
  fc
    .record({ mode: thinkingMode, parts: fc.array(fc.constantFrom(...fragments), { maxLength: 25 }) })
    .map(({ mode, parts }) => ({ mode, text: parts.join("") })),
);

/** Splits `text` at random places, also inside surrogate pairs. */
export function split(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => Math.floor(cut * text.length)))].sort((a, b) => a - b);
  return [0, ...places].map((start, i) => text.slice(start, places[i] ?? text.length));
}

export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
