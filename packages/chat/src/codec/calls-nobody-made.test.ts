/** Text that quotes tool-call markup, markup in other dialects, and completions that are cut. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../chat-model.js";
import { ChatError } from "../errors.js";
import { parseLosslessJson } from "../json/lossless-json.js";
import type { ToolDefinition } from "../messages.js";
import { completion, cuts, plainText, runs, split, thinkingMode } from "../testing/arbitraries.js";
import type { CallOptions } from "./call-policy.js";
import { EOS } from "./special-tokens.js";
import { createStreamParser, type StreamEnd } from "./stream-parser.js";

const tool = (name: string, properties?: Record<string, unknown>): ToolDefinition => ({
  type: "function",
  function: { name, ...(properties === undefined ? {} : { parameters: { type: "object", properties } }) },
});
const find = tool("find", { q: { type: "string" }, n: { type: "integer" }, deep: { type: ["boolean", "null"] } });

interface Parsed extends StreamEnd {
  all: ChatEvent[];
}

function parse(
  pieces: readonly string[],
  options: CallOptions,
  { mode = "chat", cut }: { mode?: "chat" | "thinking"; cut?: "length" | "stop" } = {},
): Parsed {
  const parser = createStreamParser({ thinkingMode: mode, lenient: true, createId: (i) => `c${i}`, ...options });
  const events = pieces.flatMap((piece) => parser.push(piece));
  const end = parser.end({ cut });
  return { ...end, all: [...events, ...end.events] };
}

const callsOf = ({ message }: StreamEnd) =>
  message.tool_calls.map(({ function: { name, arguments: args } }) => [name, args] as const);

/** One call of `find`, with the tags of a dialect. */
function written(open: (name: string) => string, close: (name: string) => string, block: string, quote = ['"', '"']) {
  const [left, right] = quote;
  return (
    `${open(block)}>\n${open("invoke")} name=${left}find${right}>\n` +
    `${open("parameter")} name=${left}q${right} string=${left}true${right}>Kyoto${close("parameter")}>\n` +
    `${close("invoke")}>\n${close(block)}>`
  );
}
const marked = (mark: string, block: string, quote?: string[]) =>
  written(
    (name) => `<${mark}${name}`,
    (name) => `</${mark}${name}`,
    block,
    quote,
  );

const dialects: [string, string][] = [
  ["V3.2", marked("｜DSML｜", "function_calls")],
  ["V4", marked("｜DSML｜", "tool_calls")],
  ["V4.1", marked("｜DSML｜ ", "calls")],
  ["doubled bars and typographic quotes", marked("｜｜DSML｜｜", "function_calls", ["“", "”"])],
  ["doubled bars, V4", marked("｜｜DSML｜｜", "tool_calls")],
  ["ASCII bars", marked("|DSML|", "function_calls")],
  ["doubled ASCII bars, V4.1", marked("||DSML|| ", "calls")],
  ["no DSML", marked("", "function_calls")],
  ["no block", marked("｜DSML｜", "function_calls").replace(/^.*\n/, "").replace(/\n.*$/, "")],
  [
    "V3.1",
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>find<｜tool▁sep｜>{"q": "Kyoto"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ],
  [
    "V3",
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>find\n```json\n{"q": "Kyoto"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ],
  [
    "a JSON body",
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="find">\n{"q": "Kyoto"}\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
  ],
  [
    "one wrapper parameter",
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="find">\n<｜DSML｜parameter name="arguments" string="false">{"q": "Kyoto"}</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
  ],
];

const quotes = fc.constantFrom(...dialects.map(([, markup]) => markup));
const tags = fc.constantFrom(
  '<｜DSML｜invoke name="find">',
  "</｜DSML｜invoke>",
  "<｜DSML｜function_calls>",
  "</｜DSML｜function_calls>",
  '<｜DSML｜parameter name="q" string="true">',
  "<｜DSML｜tool_calls>",
  "<|DSML|invoke",
  "<｜tool▁calls▁begin｜>",
  "<｜DS",
  "｜DSML｜",
);
const prose = fc
  .array(fc.oneof(plainText, tags, quotes), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(""));

describe("where no tools are offered", () => {
  test("any text is that text, however much markup it quotes", () => {
    fc.assert(
      fc.property(prose, prose, cuts, (text, thought, places) => {
        const whole = parse([text + EOS], { tools: [] });
        expect(whole.message).toEqual({ role: "assistant", content: text, reasoning_content: "", tool_calls: [] });
        expect(whole.repairs).toEqual([]);
        const streamed = parse(split(`${thought}</think>${text}${EOS}`, places), { tools: [] }, { mode: "thinking" });
        expect(streamed.message).toMatchObject({ content: text, reasoning_content: thought, tool_calls: [] });
      }),
      runs,
    );
  });
});

describe("a call", () => {
  test.each(dialects)("written in the dialect %s is that call, in pieces of any size", (_, markup) => {
    for (const lead of ["", "One moment.", "Let me see.\n\n"]) {
      const whole = parse([lead + markup + EOS], { tools: [find], leaked: true });
      expect(callsOf(whole)).toEqual([["find", '{"q": "Kyoto"}']]);
      expect(whole.message.content.trim()).toBe(lead.trim());
      for (const size of [1, 3, 7]) {
        const pieces = (lead + markup + EOS).match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
        const streamed = parse(pieces, { tools: [find], leaked: true });
        expect([streamed.message, streamed.repairs]).toEqual([whole.message, whole.repairs]);
      }
    }
    const thought = parse([`Hm.\n\n${markup}${EOS}`], { tools: [find] }, { mode: "thinking" });
    expect(callsOf(thought)).toEqual([["find", '{"q": "Kyoto"}']]);
    expect(thought.message.reasoning_content.trim()).toBe("Hm.");
  });

  test.each(dialects)("in the dialect %s is not made when it is quoted, not offered or not to be made", (_, markup) => {
    const sentence = `A call looks like this: ${markup} and its result follows.`;
    const inProse = parse([sentence + EOS], { tools: [find] });
    expect(inProse.message).toMatchObject({ content: sentence, tool_calls: [] });
    const thought = parse([`${sentence}</think>I see.${EOS}`], { tools: [find] }, { mode: "thinking" });
    expect(thought.message).toMatchObject({ reasoning_content: sentence, content: "I see.", tool_calls: [] });
    for (const options of [
      { tools: [find], toolChoice: "none" as const },
      { tools: [tool("other")], leaked: true },
    ]) {
      const withheld = parse([`Sure.\n\n${markup}${EOS}`], options);
      expect(withheld.message).toMatchObject({ content: "Sure.", tool_calls: [] });
      expect(withheld.all.filter((event) => event.type === "repair" && event.kind === "withheld-calls")).toHaveLength(
        1,
      );
      expect(withheld.repairs.join()).toContain("Kyoto");
    }
  });

  test("quoted in a paragraph of its own is text where a host should have parsed it", () => {
    for (const block of ["function_calls", "tool_calls"]) {
      const text = `So it is written:\n\n${marked("｜DSML｜", block)}\n\nThat is all.`;
      const fenced = `So:\n\n\`\`\`\n\n${marked("｜DSML｜", block)}\n\`\`\``;
      for (const quote of [text, fenced]) {
        const leaked = parse(quote.match(/[\s\S]{1,5}/g) ?? [], { tools: [find], leaked: true }, { cut: "stop" });
        expect(leaked.message).toMatchObject({ content: quote, tool_calls: [] });
      }
      expect(parse([fenced + EOS], { tools: [find] }).message).toMatchObject({ content: fenced, tool_calls: [] });
    }
  });

  test("that the format has exactly goes to any name, but for what a host let through as text", () => {
    const text = `\n\n${marked("｜DSML｜", "function_calls")}${EOS}`;
    expect(callsOf(parse([text], { tools: [tool("other")] }))).toHaveLength(1);
    expect(callsOf(parse([text], { tools: [tool("other")], leaked: true }))).toHaveLength(0);
  });
});

test("a tag in a sentence is text, also where tools are offered", () => {
  fc.assert(
    fc.property(thinkingMode, tags, cuts, (mode, tag, places) => {
      const sentence = `The tag ${tag} is written so; the tool comes next.`;
      const lead = mode === "thinking" ? "hm</think>" : "";
      const { message } = parse(split(lead + sentence + EOS, places), { tools: [find] }, { mode });
      expect(message).toMatchObject({ content: sentence, tool_calls: [] });
    }),
    runs,
  );
});

describe("arguments", () => {
  const call = (body: string) =>
    `\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="find">\n${body}\n</｜DSML｜invoke>\n</｜DSML｜function_calls>${EOS}`;
  const parameter = (name: string, isString: boolean, value: string) =>
    `<｜DSML｜parameter name="${name}" string="${isString}">${value}</｜DSML｜parameter>`;
  const given = (body: string, tools = [find]) => callsOf(parse([call(body)], { tools }))[0]?.[1];

  test("of a type the schema has and the markup does not are read by the schema", () => {
    expect(given(parameter("n", true, "42"))).toBe('{"n": 42}');
    expect(given(parameter("n", true, "12345678901234567890"))).toBe('{"n": 12345678901234567890}');
    expect(given(parameter("n", true, "forty"))).toBe('{"n": "forty"}');
    expect(given(parameter("deep", true, "True"))).toBe('{"deep": true}');
    expect(given(parameter("deep", true, "null"))).toBe('{"deep": null}');
    expect(given(parameter("q", true, "42"))).toBe('{"q": "42"}');
    expect(given(parameter("q", false, "null"))).toBe('{"q": null}');
    expect(given(parameter("new", true, "42"))).toBe('{"new": "42"}');
    expect(given(parameter("n", true, "42"), [tool("find")])).toBe('{"n": "42"}');
    expect(parse([call(parameter("n", true, "42"))], {}).message.tool_calls[0]?.function.arguments).toBe('{"n": "42"}');
  });

  test("wrapped in one parameter are unwrapped only where the schema shows that they are", () => {
    const inner = '{"q": "x", "n": 1.0}';
    expect(given(parameter("arguments", false, inner))).toBe(inner);
    expect(given(parameter("arguments", true, inner))).toBe(inner);
    expect(given(parameter("arguments", false, '{"other": 1}'))).toBe('{"arguments": {"other": 1}}');
    expect(given(parameter("arguments", true, "[]"))).toBe('{"arguments": "[]"}');
    const both = `${parameter("arguments", false, inner)}\n${parameter("q", true, "y")}`;
    expect(given(both)).toBe(`{"arguments": ${inner}, "q": "y"}`);
    expect(given(parameter("arguments", false, inner), [tool("find", { arguments: {}, q: {}, n: {} })])).toBe(
      `{"arguments": ${inner}}`,
    );
  });

  test("that came as a JSON object are that text; other text is not thrown away", () => {
    const object = '{\n "q": "</b>", "n": 1.0, "10": 12345678901234567890\n}';
    expect(given(object)).toBe(object);
    expect(given("  just words ")).toBe('{"arguments": "just words"}');
    expect(given('{"q": ')).toBe('{"arguments": "{\\"q\\":"}');
  });
});

describe("a completion that is cut", () => {
  const isWhole = (args: string): boolean => {
    try {
      return parseLosslessJson(args) instanceof Map;
    } catch (error) {
      if (error instanceof ChatError) return false;
      throw error;
    }
  };

  test("anywhere, leaves no markup in the text and gives no call as whole that is not", () => {
    fc.assert(
      fc.property(
        completion,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom("length", "stop"),
        cuts,
        ({ text, mode }, share, cut, places) => {
          const names = ["f", "get_weather", "search-2"].map((name) => tool(name));
          const whole = callsOf(parse([text], { tools: names }, { mode }));
          const kept = text.slice(0, Math.floor(share * text.length));
          for (const tools of [names, undefined]) {
            const end = parse(split(kept, places), { tools }, { mode, cut });
            expect(end.message.content + end.message.reasoning_content).not.toMatch(/｜D/);
            for (const [i, [name, args]] of callsOf(end).entries()) {
              if (isWhole(args)) expect([name, args]).toEqual(whole[i]);
              else expect([i, end.callWasCut]).toEqual([callsOf(end).length - 1, true]);
            }
            const reported = end.all.some((event) => event.type === "repair" && event.kind === "cut-call");
            if (end.callWasCut) expect(reported).toBe(true);
          }
        },
      ),
      runs,
    );
  });

  test("after its last call has all calls", () => {
    const text = `\n\n${marked("｜DSML｜", "function_calls").replace(/\n<[^\n]*$/, "\n")}`;
    const end = parse([text], { tools: [find] }, { cut: "stop" });
    expect([callsOf(end), end.callWasCut]).toEqual([[["find", '{"q": "Kyoto"}']], false]);
  });
});

describe("fragments of every dialect, thrown together", () => {
  const fragment = fc.oneof(
    tags,
    quotes,
    plainText,
    fc.constantFrom(
      ...["｜DSML｜", "｜DSML｜ ", "|DSML|", "｜｜DSML｜｜"].flatMap((mark) => [
        `<${mark}function_calls>\n`,
        `\n\n<${mark}tool_calls>\n`,
        `<${mark}invoke name="find">\n`,
        `<${mark}invoke name=“rm”>\n`,
        `<${mark}parameter name="q" string="true">`,
        `</${mark}parameter>\n`,
        `</${mark}invoke>\n`,
        `</${mark}calls>`,
      ]),
      "<｜tool▁call▁begin｜>find<｜tool▁sep｜>",
      "<｜tool▁call▁end｜>",
      "<function_calls>",
      '{"q": 1}',
      "</think>",
      "<think>",
      "```\n",
      "\n\n",
      " ",
      EOS,
    ),
  );
  const text = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(""));
  const policies: CallOptions[] = [
    {},
    { tools: [find] },
    { tools: [find], leaked: true },
    { tools: [find], toolChoice: "none" },
    { tools: [] },
  ];

  test("give the same message in any pieces, calls of offered tools only, and arguments that are JSON", () => {
    fc.assert(
      fc.property(text, thinkingMode, cuts, fc.constantFrom(...policies), (whole, mode, places, options) => {
        const once = parse([whole], options, { mode });
        for (const pieces of [split(whole, places), whole.split("")]) {
          const end = parse(pieces, options, { mode });
          expect([end.message, end.repairs]).toEqual([once.message, once.repairs]);
        }
        for (const [name, args] of callsOf(once)) {
          expect(parseLosslessJson(args)).toBeInstanceOf(Map);
          if (options.leaked) expect(name).toBe("find");
        }
        if (options.toolChoice === "none" || options.tools?.length === 0) expect(callsOf(once)).toEqual([]);
      }),
      { ...runs, numRuns: runs.numRuns * 2 },
    );
  });

  test("lose no word without saying so", () => {
    fc.assert(
      fc.property(text, thinkingMode, fc.constantFrom(...policies), (whole, mode, options) => {
        let count = 0;
        const marked = whole.replace(/Kyoto|>\n/g, (found) => `${found}word${count++};`);
        const end = parse([marked], options, { mode });
        const kept = JSON.stringify([end.message, end.repairs]);
        for (let i = 0; i < count; i++) expect(kept).toContain(`word${i};`);
      }),
      runs,
    );
  });
});

test("a text of nothing but markup that begins takes linear time", () => {
  const text = '<｜DSML｜invoke name="find">\n<｜DSML｜parameter name="q" string="true">x '.repeat(4000);
  const started = performance.now();
  const { message } = parse(text.match(/[\s\S]{1,50}/g) ?? [], { tools: [find] });
  expect(message.tool_calls).toEqual([]);
  expect(performance.now() - started).toBeLessThan(5000);
});
