import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../chat-model.js";
import { CALLS_OPEN } from "../codec/dsml-tags.js";
import { EOS, THINK_END } from "../codec/special-tokens.js";
import { repairMessage } from "../codec/stream-parser.js";
import type { ToolCall } from "../messages.js";
import { assistantMessage, completionText, cuts, plainText, runs, split } from "../testing/arbitraries.js";
import { ChatDecoder, type ChatDecoderOptions } from "./chat-decoder.js";

interface Decoded {
  content: string;
  reasoning: string;
  calls: ToolCall["function"][];
  kinds: string[];
}

interface DecodeOptions extends Partial<ChatDecoderOptions> {
  hold?: boolean;
  cut?: boolean;
  /** A stop string was asked for. */
  stopped?: boolean;
}

function decode(
  deltas: readonly Record<string, unknown>[],
  { hold = false, cut = false, ...options }: DecodeOptions = {},
): Decoded {
  const decoder = new ChatDecoder({
    reasoningIn: ["reasoning", "reasoning_content"],
    holdReasoning: hold,
    calls: { tools: undefined },
    createId: (index) => `call_${index}`,
    ...options,
  });
  const events: ChatEvent[] = [
    ...deltas.flatMap((delta) => decoder.push(delta)),
    ...decoder.end({ cut: cut ? "length" : options.stopped ? "stop" : undefined }),
  ];
  const out: Decoded = { content: "", reasoning: "", calls: [], kinds: [] };
  for (const event of events) {
    if (event.type === "content") out.content += event.delta;
    if (event.type === "reasoning") out.reasoning += event.delta;
    if (event.type === "tool-call") out.calls[event.index] = { name: event.name, arguments: "" };
    if (event.type === "tool-call-arguments") out.calls[event.index]!.arguments += event.delta;
    if (event.type === "repair") out.kinds.push(event.kind ?? "format");
  }
  expect(decoder.hasCalls).toBe(out.calls.length > 0);
  return out;
}

const block = (name: string): string =>
  `\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="${name}">\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`;
const structured = { index: 0, id: "c", function: { name: "g", arguments: "{}" } };

describe("an answer", () => {
  test("of reasoning, content and calls, under either name, without the line before the calls", () => {
    expect(
      decode([
        { role: "assistant", content: "" },
        { reasoning: "h", content: null },
        { reasoning_content: "m" },
        { content: "Let me see.\n\n" },
        { tool_calls: [structured] },
      ]),
    ).toEqual({ reasoning: "hm", content: "Let me see.", calls: [{ name: "g", arguments: "{}" }], kinds: [] });
  });

  test("whose text arrives after its calls loses nothing", () => {
    expect(decode([{ reasoning: "a" }, { tool_calls: [structured] }, { content: "b" }, { reasoning: "c" }])).toEqual({
      reasoning: "ac",
      content: "b",
      calls: [{ name: "g", arguments: "{}" }],
      kinds: [],
    });
  });

  test("with calls as text in the content, in the reasoning, and before structured ones", () => {
    expect(decode([{ reasoning: "hm" }, { content: `ok${block("f")}` }])).toMatchObject({
      content: "ok",
      calls: [{ name: "f", arguments: "{}" }],
      kinds: ["leaked-calls"],
    });
    const inside = decode([{ reasoning: `hm${block("f")}` }]);
    expect(inside).toMatchObject({ reasoning: "hm", content: "", calls: [{ name: "f" }] });
    expect(inside.kinds).toContain("leaked-calls");
    expect(decode([{ content: block("f") }, { tool_calls: [structured] }]).calls.map(({ name }) => name)).toEqual([
      "f",
      "g",
    ]);
  });

  test("marked as reasoning together with its tag is divided there", () => {
    expect(decode([{ reasoning: "hm</th" }, { reasoning: "ink>Hel" }, { content: "lo" }])).toEqual({
      reasoning: "hm",
      content: "Hello",
      calls: [],
      kinds: ["relabelled-reasoning"],
    });
  });

  test("marked as reasoning as a whole is content where the endpoint is known for it", () => {
    const hello = [{ reasoning: "It is " }, { reasoning: "sunny." }];
    expect(decode(hello, { hold: true })).toEqual({
      reasoning: "",
      content: "It is sunny.",
      calls: [],
      kinds: ["relabelled-reasoning"],
    });
    expect(decode(hello)).toMatchObject({ reasoning: "It is sunny.", content: "" });
    expect(decode(hello, { hold: true, cut: true })).toMatchObject({
      reasoning: "It is sunny.",
      content: "",
      kinds: [],
    });
    expect(decode([...hello, { content: "x" }], { hold: true })).toMatchObject({
      reasoning: "It is sunny.",
      content: "x",
    });
    expect(decode([...hello, { tool_calls: [structured] }], { hold: true })).toMatchObject({
      reasoning: "It is sunny.",
    });
    expect(decode([{ reasoning: `hm${THINK_END}ok` }], { hold: true })).toMatchObject({
      reasoning: "hm",
      content: "ok",
    });
    expect(decode([{ reasoning: `hm${block("f")}` }], { hold: true }).calls).toHaveLength(1);
  });

  test("with calls that were not to be made has none, structured or as text", () => {
    const find = { type: "function" as const, function: { name: "g" } };
    for (const calls of [{ tools: [] }, { tools: [find], toolChoice: "none" as const }]) {
      const out = decode([{ content: "ok" }, { tool_calls: [structured] }], { calls });
      expect(out).toMatchObject({ content: "ok", calls: [], kinds: ["withheld-calls"] });
    }
    expect(decode([{ content: block("f") }], { calls: { tools: [] } })).toMatchObject({
      content: block("f"),
      calls: [],
    });
    expect(decode([{ content: block("f") }], { calls: { tools: [find] } })).toMatchObject({ content: "", calls: [] });
  });

  test("whose structured call was cut keeps its arguments open; one that ended is made whole", () => {
    const half = { index: 0, id: "c", function: { name: "g", arguments: '{"p": "C:\\w' } };
    const args = (options: DecodeOptions) => decode([{ tool_calls: [half] }], options);
    expect(args({})).toMatchObject({ calls: [{ arguments: '{"p": "C:\\\\w"}' }], kinds: ["tool-call-arguments"] });
    for (const options of [{ cut: true }, { stopped: true }]) {
      expect(args(options)).toMatchObject({ calls: [{ arguments: '{"p": "C:\\\\w' }], kinds: ["cut-call"] });
    }
  });

  test("that is JSON, as was asked, and is marked as reasoning is the answer; other reasoning is not held", () => {
    const json = [{ reasoning: ' {"n": ' }, { reasoning: "12}" }];
    expect(decode(json, { wantsJson: true })).toMatchObject({ content: ' {"n": 12}', kinds: ["relabelled-reasoning"] });
    expect(decode(json)).toMatchObject({ reasoning: ' {"n": 12}', content: "" });
    expect(decode([...json, { content: "12" }], { wantsJson: true })).toMatchObject({ content: "12" });
    expect(decode([{ reasoning: '{"n": so' }], { wantsJson: true })).toMatchObject({ reasoning: '{"n": so' });
    const decoder = new ChatDecoder({ reasoningIn: ["reasoning"], holdReasoning: false, wantsJson: true });
    expect(decoder.push({ reasoning: "Hm" })).toEqual([{ type: "reasoning", delta: "Hm" }]);
  });

  test("of nothing, or cut, is that", () => {
    expect(decode([])).toEqual({ reasoning: "", content: "", calls: [], kinds: [] });
    expect(decode([{ content: "ab\n\n<｜DS" }], { cut: true })).toMatchObject({
      content: "ab",
      kinds: ["cut-call"],
    });
  });
});

/** Deltas of a text under a field, cut anywhere. */
const pieces = (field: string, text: string, places: number[]) =>
  text === "" ? [] : split(text, places).map((piece) => ({ [field]: piece }));

test("however an endpoint that splits fields right cuts its text, the message is the same", () => {
  fc.assert(
    fc.property(
      plainText,
      plainText,
      assistantMessage,
      cuts,
      fc.boolean(),
      (reasoning, content, { tool_calls }, places, hold) => {
        const calls = tool_calls.map((call, index) => ({ index, id: `c${index}`, function: call.function }));
        const out = decode(
          [
            ...pieces("reasoning", reasoning, places),
            ...pieces("content", content, places),
            ...calls.map((call) => ({ tool_calls: [call] })),
          ],
          { hold: hold && content !== "" },
        );
        expect(out.reasoning).toBe(reasoning);
        expect(out.calls).toEqual(tool_calls.map((call) => call.function));
        expect(out.kinds).toEqual([]);
        // What the host leaves of the empty line before the calls is not content.
        expect(out.content).toBe(calls.length > 0 ? withoutCallsStart(content) : content);
      },
    ),
    runs,
  );
});

function withoutCallsStart(content: string): string {
  const { message } = repairMessage(`${content}${CALLS_OPEN}>\n</｜DSML｜function_calls>${EOS}`, {
    thinkingMode: "chat",
  });
  return message.content;
}

test("however an endpoint that splits nothing cuts its text, the message is the model's", () => {
  fc.assert(
    fc.property(assistantMessage, cuts, fc.constantFrom("content", "reasoning"), (message, places, field) => {
      // A thinking completion as one field: opened by <think> in content, all of it marked as reasoning otherwise.
      const whole = completionText(message, "thinking").slice(0, -EOS.length);
      const text = field === "content" ? `<think>${whole}` : whole;
      const expected = repairMessage(`${whole}${EOS}`, { thinkingMode: "thinking" }).message;
      const out = decode(pieces(field, text, places));
      expect(out.content).toBe(expected.content);
      expect(out.reasoning).toBe(expected.reasoning_content);
      expect(out.calls).toEqual(expected.tool_calls.map((call) => call.function));
    }),
    runs,
  );
});
