/** The chat template of an exported file, rendered by another Jinja, is the prompt we write. */
import { cp, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatMessage, encodeMessages } from "@cachalot/chat";
import { exportGguf } from "@cachalot/model";
import { Template } from "@huggingface/jinja";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded } from "./support/cachalot.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-template-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** tokenizer.chat_template of a GGUF file. */
async function templateOf(path: string): Promise<string> {
  const file = await open(path);
  const head = Buffer.alloc(2 ** 20);
  await file.read(head, 0, head.length, 0);
  await file.close();
  const key = "tokenizer.chat_template";
  // The key, the value's type (8, a string) and its length.
  const at = head.indexOf(key) + key.length;
  expect(head.readUInt32LE(at)).toBe(8);
  const length = Number(head.readBigUInt64LE(at + 4));
  return head.toString("utf8", at + 12, at + 12 + length);
}

const text = fc.string({ unit: "grapheme" });
const conversation = fc.tuple(
  fc.option(text, { nil: undefined }),
  fc.array(fc.record({ question: text, answer: text, reasoning: fc.string({ minLength: 1 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  fc.boolean(),
);

test("conversations of text are rendered as we encode them", async () => {
  await exportGguf(embedded, join(dir, "embedded.gguf"));
  const template = new Template(await templateOf(join(dir, "embedded.gguf")));
  fc.assert(
    fc.property(conversation, fc.boolean(), ([system, turns, isAnswered], thinking) => {
      const messages: ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
      turns.forEach(({ question, answer, reasoning }, i) => {
        messages.push({ role: "user", content: question });
        if (i < turns.length - 1 || isAnswered)
          messages.push({ role: "assistant", content: answer, reasoning_content: reasoning });
      });
      const thinkingMode = thinking ? "thinking" : "chat";
      expect(template.render({ messages, thinking })).toBe(encodeMessages(messages, { thinkingMode }));
      expect(template.render({ messages, enable_thinking: thinking })).toBe(encodeMessages(messages, { thinkingMode }));
    }),
  );
  const messages = [{ role: "user", content: "Hi" }];
  expect(template.render({ messages })).toBe(template.render({ messages, thinking: true }));
  expect(() => template.render({ messages, tools: [{}] })).toThrow(/text only/);
});

test("a template that the checkpoint brings is kept", async () => {
  const own = join(dir, "own");
  await cp(embedded, own, { recursive: true });
  await writeFile(
    join(own, "tokenizer_config.json"),
    JSON.stringify({
      chat_template: [
        { name: "tool_use", template: "a" },
        { name: "default", template: "{{ messages }} ü" },
      ],
    }),
  );
  await exportGguf(own, join(dir, "own.gguf"));
  expect(await templateOf(join(dir, "own.gguf"))).toBe("{{ messages }} ü");
  await writeFile(join(own, "chat_template.jinja"), "from a file");
  await exportGguf(own, join(dir, "own.gguf"));
  expect(await templateOf(join(dir, "own.gguf"))).toBe("from a file");
});
