import { chatPrompt, createScriptedModel } from "@cachalot/chat";
import { createApp, type TextTokenizer } from "@cachalot/server";
import { expect, test } from "vitest";
import type { Encoding } from "../../wire/encoding.js";
import { encodeRoute } from "./encode-route.js";

/** Three bytes a token, whatever they are: boundaries fall inside of characters, and of messages. */
const threes: TextTokenizer = {
  vocabSize: 2 ** 24,
  encode(text) {
    const bytes = Buffer.from(text);
    return Array.from({ length: Math.ceil(bytes.length / 3) }, (_, i) => bytes.subarray(i * 3, i * 3 + 3)).map(
      (part) => part.length * 2 ** 24 + Number(`0x${part.toString("hex")}`),
    );
  },
  decode: (ids) => Buffer.concat(ids.map((id) => threes.tokenBytes(id))).toString(),
  tokenBytes(id) {
    const length = Math.floor(id / 2 ** 24);
    return Buffer.from((id % 2 ** 24).toString(16).padStart(length * 2, "0"), "hex");
  },
};

async function encode(body: unknown, tokenizer?: TextTokenizer, query = ""): Promise<Encoding> {
  const chat = createScriptedModel({ turns: [] });
  const app = createApp({ chat, routes: [encodeRoute()], ...(tokenizer ? { tokenizer } : {}) });
  const response = await app.request(`/studio/api/encode${query}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Encoding;
}

const call = { id: "1", type: "function", function: { name: "f", arguments: '{"x": 1}' } };
const tools = [{ type: "function", function: { name: "f" } }];
const messages = [
  { role: "user", content: "深い海?" },
  { role: "assistant", content: "Yes.", reasoning_content: "Deep." },
  { role: "user", content: "And now?" },
  { role: "assistant", content: "", reasoning_content: "Look.", tool_calls: [call] },
  { role: "tool", tool_call_id: "1", content: "3" },
];

test("the tokens of all parts are the prompt the model reads, byte for byte", async () => {
  const prompt = chatPrompt({ messages: messages as never, tools: tools as never, thinkingMode: "thinking" });
  const plain = await encode({ messages, tools });
  expect(plain.hasTokenizer).toBe(false);
  expect(plain.parts.map(({ message, role }) => [message, role])).toEqual([
    [-1, "system"],
    [0, "user"],
    [1, "assistant"],
    [2, "user"],
    [3, "assistant"],
    [4, "tool"],
  ]);
  expect(plain.parts.flatMap(({ tokens }) => tokens.map(({ text }) => text)).join("")).toBe(prompt);
  expect(plain.parts[1]!.tokens.filter(({ isSpecial }) => isSpecial).map(({ text }) => text)).toEqual([
    "<｜User｜>",
    "<｜Assistant｜>",
    "</think>",
  ]);
  const { parts } = await encode({ messages, tools }, threes);
  const bytes = parts.flatMap(({ tokens }) =>
    tokens.map(({ text, hex }) => (hex === undefined ? Buffer.from(text) : Buffer.from(hex, "hex"))),
  );
  expect(Buffer.concat(bytes).toString()).toBe(prompt);
});

test("each policy says which reasoning stays; the doctor says what is wrong", async () => {
  const { reasoning, findings } = await encode({ messages: messages.slice(0, 4) });
  expect(reasoning.map(({ message, keeps }) => [message, keeps["v3.2-paper"], keeps["v4-api"], keeps.all])).toEqual([
    [1, false, false, true],
    [3, true, true, true],
  ]);
  expect(findings.map(({ rule }) => rule)).toContain("unanswered-call");
});

test("a conversation that ends with an answer shows what the model wrote; what cannot be encoded says why", async () => {
  const { parts } = await encode({ messages: messages.slice(0, 2) });
  expect(parts.at(-1)!.tokens.map(({ text }) => text)).toEqual(["Deep.", "</think>", "Yes.", "<｜end▁of▁sentence｜>"]);
  const wrong = await encode({ messages: [{ role: "user" }] });
  expect(wrong.problem?.param).toBe("messages[0].content");
  expect(wrong.findings.length).toBeGreaterThan(0);
});
