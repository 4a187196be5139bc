import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { expect, test } from "vitest";
import { golden, root } from "./support/cachalot.js";
import { hasBrowser, reportErrors, runPage } from "./support/chromium.js";

const page = `<!doctype html><meta charset="utf-8"><script type="importmap">
{"imports": {
  "@cachalot/chat": "/packages/chat/dist/index.js",
  "eventsource-parser": "/node_modules/eventsource-parser/dist/index.js",
  "zod": "/node_modules/zod/index.js"
}}
</script>${reportErrors}<script type="module">
import { attachTools, collectMessage, createRemoteModel, createStreamParser, encodeMessages, parseMessages } from "@cachalot/chat";
const { messages, tools } = await (await fetch("/golden/encoding/official_input.json")).json();
const prompt = encodeMessages(attachTools(parseMessages(messages), { tools }), { thinkingMode: "thinking" });
const parser = createStreamParser({ thinkingMode: "thinking" });
const events = [...'Two.</think>It is 2.<｜end▁of▁sentence｜>'].flatMap((character) => parser.push(character));
const { message } = parser.end();
const model = createRemoteModel({ baseUrl: location.origin + "/v1", model: "m", mode: "raw", profile: "vllm" });
const remote = await collectMessage(model.generate({ messages: [{ role: "user", content: "One and one?" }] }));
await fetch("/result", { method: "POST", body: JSON.stringify({ prompt, message, remote, events: events.length }) });
</script>`;

test.skipIf(!hasBrowser)(
  "the chat package runs in a browser: the official prompt, a streamed answer, a remote model",
  async () => {
    const answer = await runPage(async (path, _, response) => {
      if (path === "/") return void response.setHeader("content-type", "text/html").end(page);
      if (path === "/v1/completions") {
        response.setHeader("content-type", "text/event-stream");
        const chunk = (text: string, finish_reason: string | null) =>
          response.write(`data: ${JSON.stringify({ choices: [{ text, finish_reason }] })}\n\n`);
        chunk("Two.</th", null);
        chunk("ink>It is 2 🐋.", "stop");
        return void response.end("data: [DONE]\n\n");
      }
      const file = path.startsWith("/golden/") ? join(golden, path.slice("/golden".length)) : join(root, path);
      const body = await readFile(file).catch(() => undefined);
      response.setHeader("content-type", extname(file) === ".js" ? "text/javascript" : "application/json");
      response.writeHead(body ? 200 : 404).end(body);
    });
    expect(answer).toMatch(/^\{/);
    const { prompt, message, remote, events } = JSON.parse(answer) as {
      prompt: string;
      message: object;
      remote: object;
      events: number;
    };
    expect(`${prompt}\n`).toBe(await readFile(join(golden, "encoding", "official_output.txt"), "utf8"));
    expect(message).toMatchObject({ role: "assistant", reasoning_content: "Two.", content: "It is 2." });
    expect(remote).toMatchObject({ message: { reasoning_content: "Two.", content: "It is 2 🐋." }, repairs: [] });
    expect(events).toBeGreaterThan(5);
  },
  60_000,
);
