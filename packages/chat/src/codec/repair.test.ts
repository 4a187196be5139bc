import { expect, test } from "vitest";
import type { ThinkingMode } from "../messages.js";
import { EOS } from "./special-tokens.js";
import { repairMessage } from "./stream-parser.js";

const invoke = (body: string) => `<｜DSML｜invoke name="f">\n${body}\n</｜DSML｜invoke>`;
const block = (body: string) => `<｜DSML｜function_calls>\n${body}\n</｜DSML｜function_calls>`;
const city = '<｜DSML｜parameter name="city" string="true">Rome</｜DSML｜parameter>';

interface Slip {
  slip: string;
  text: string;
  mode?: ThinkingMode;
  reasoning?: string;
  content?: string;
  /** The arguments of each call. */
  calls?: string[];
  repairs: RegExp[];
}

const slips: Slip[] = [
  { slip: "nothing wrong", text: `Hi${EOS}`, content: "Hi", repairs: [] },
  { slip: "cut off in the content", text: "Hi the", content: "Hi the", repairs: [/end-of-sentence token was missing/] },
  { slip: "cut off in the reasoning", mode: "thinking", text: "So", reasoning: "So", repairs: [/not closed/] },
  { slip: "reasoning ends at EOS", mode: "thinking", text: `So${EOS}`, reasoning: "So", repairs: [/not closed/] },
  {
    slip: "calls inside unclosed reasoning",
    mode: "thinking",
    text: `So\n\n${block(invoke(city))}${EOS}`,
    reasoning: "So",
    calls: ['{"city": "Rome"}'],
    repairs: [/reasoning was not closed/],
  },
  {
    slip: "a second <think>",
    mode: "thinking",
    text: `<think>So</think>Hi${EOS}`,
    reasoning: "So",
    content: "Hi",
    repairs: [/removed <think>/],
  },
  {
    slip: "reasoning in chat mode",
    text: `<think>So</think>Hi${EOS}`,
    reasoning: "So",
    content: "Hi",
    repairs: [/kept it as reasoning/],
  },
  {
    slip: "blank space around tags",
    text: `Hi\n<｜DSML｜function_calls> \n\n<｜DSML｜invoke name="f" >\n  ${city}\n\n </｜DSML｜invoke>\n\n</｜DSML｜function_calls>\n${EOS}`,
    content: "Hi",
    calls: ['{"city": "Rome"}'],
    repairs: [
      /empty line/,
      /accepted " \\n\\n"|accepted "> \\n\\n"/,
      /header of call "f"/,
      /between/,
      /between/,
      /text after/,
    ],
  },
  {
    slip: "no function_calls tag",
    text: `Hi\n\n${invoke(city)}${EOS}`,
    content: "Hi",
    calls: ['{"city": "Rome"}'],
    repairs: [/function_calls tag .* missing/, /accepted ">" between/, /not closed/],
  },
  {
    slip: "an unclosed invoke",
    text: `\n\n${block(`<｜DSML｜invoke name="f">\n${city}\n${invoke(city)}`)}${EOS}`,
    calls: ['{"city": "Rome"}', '{"city": "Rome"}'],
    repairs: [/call was not closed/],
  },
  {
    slip: "an unclosed parameter",
    text: `\n\n${block(invoke('<｜DSML｜parameter name="city" string="true">Rome'))}${EOS}`,
    calls: ['{"city": "Rome\\n"}'],
    repairs: [/parameter "city" was not closed/],
  },
  {
    slip: "cut off in a value",
    text: `\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n<｜DSML｜parameter name="city" string="true">Ro`,
    calls: ['{"city": "Ro"}'],
    repairs: [/parameter "city" was not closed/, /call was not closed/, /ended before the function calls/],
  },
  {
    slip: "cut off in a closing tag",
    text: `\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n<｜DSML｜parameter name="city" string="true">Rome</｜DSML｜para`,
    calls: ['{"city": "Rome"}'],
    repairs: [/"city" was not closed/, /unfinished tag/, /call was not closed/, /ended before/],
  },
  {
    slip: "cut off JSON",
    text: `\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n<｜DSML｜parameter name="n" string="false">[1, 2`,
    calls: ['{"n": "[1, 2"}'],
    repairs: [/"n" was not closed/, /not JSON/, /call was not closed/, /ended before/],
  },
  {
    slip: "a parameter that is not JSON",
    text: `\n\n${block(invoke('<｜DSML｜parameter name="n" string="false">Rome</｜DSML｜parameter>'))}${EOS}`,
    calls: ['{"n": "Rome"}'],
    repairs: [/"n" was not JSON/],
  },
  {
    slip: "no string attribute",
    text: `\n\n${block(invoke('<｜DSML｜parameter name="n">5</｜DSML｜parameter>\n<｜DSML｜parameter name="s">x</｜DSML｜parameter>'))}${EOS}`,
    calls: ['{"n": 5, "s": "x"}'],
    repairs: [/"n" .* as JSON/, /"s" .* as a string/],
  },
  {
    slip: "a parameter given twice",
    text: `\n\n${block(invoke(`${city}\n${city}`))}${EOS}`,
    calls: ['{"city": "Rome", "city": "Rome"}'],
    repairs: [/given twice/],
  },
  {
    slip: "text between calls",
    text: `\n\n<｜DSML｜function_calls>\nFirst:\n${invoke(city)}\n</｜DSML｜function_calls>${EOS}`,
    content: "\nFirst:\n",
    calls: ['{"city": "Rome"}'],
    repairs: [/moved text/],
  },
  {
    slip: "text after the calls and after the end",
    text: `\n\n${block(invoke(city))}Bye${EOS} now`,
    content: "Bye now",
    calls: ['{"city": "Rome"}'],
    repairs: [/moved text after the tool calls/, /moved text after the end/],
  },
  {
    slip: "a call without a name",
    text: `\n\n${block(`<｜DSML｜invoke>\n${city}\n</｜DSML｜invoke>`)}${EOS}`,
    repairs: [/tags without a call: .*Rome/],
  },
  {
    slip: "a call without a name beside a good one",
    text: `\n\n${block(`<｜DSML｜invoke>\n${city}\n</｜DSML｜invoke>\n${invoke(city)}`)}${EOS}`,
    calls: ['{"city": "Rome"}'],
    repairs: [/call without a name/, /parameters of a call without a name: .*Rome/, /stray/],
  },
];

test.each(slips)("repairs: $slip", ({ text, mode = "chat", reasoning = "", content = "", calls = [], repairs }) => {
  const result = repairMessage(text, { thinkingMode: mode });
  expect(result.message.reasoning_content).toBe(reasoning);
  expect(result.message.content).toBe(content);
  expect(result.message.tool_calls.map((call) => call.function.arguments)).toEqual(calls);
  expect(result.repairs).toHaveLength(repairs.length);
  repairs.forEach((pattern, i) => {
    expect(result.repairs[i]).toMatch(pattern);
  });
});
