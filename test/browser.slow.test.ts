import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { golden, root } from "./support/cachalot.js";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const required = process.env.CACHALOT_REQUIRE?.split(",").includes("browser") === true;

const page = `<!doctype html><meta charset="utf-8"><script type="importmap">
{"imports": {
  "@cachalot/chat": "/packages/chat/dist/index.js",
  "eventsource-parser": "/node_modules/eventsource-parser/dist/index.js",
  "zod": "/node_modules/zod/index.js"
}}
</script><script>
for (const kind of ["error", "unhandledrejection"])
  addEventListener(kind, (event) => fetch("/result", { method: "POST", body: String(event.reason ?? event.message) }));
</script><script type="module">
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

test.skipIf(!chromium && !required)(
  "the chat package runs in a browser: the official prompt, a streamed answer, a remote model",
  async () => {
    const result = { resolve: (_: string) => {}, reject: (_: Error) => {} };
    const posted = new Promise<string>((resolve, reject) => Object.assign(result, { resolve, reject }));
    const server = createServer(async (request, response) => {
      const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
      if (path === "/") return void response.setHeader("content-type", "text/html").end(page);
      if (path === "/result") {
        result.resolve(await text(request));
        return void response.end();
      }
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
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const profile = await mkdtemp(join(tmpdir(), "cachalot-chromium-"));
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
    flags.push("--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const browser = spawn(chromium ?? "/usr/bin/chromium", [...flags, "--remote-debugging-port=0", url], {
      stdio: "ignore",
    });
    browser.once("error", (error) => result.reject(error));
    browser.once("exit", (code) => result.reject(new Error(`chromium ended with ${code}`)));
    try {
      const answer = await posted;
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
    } finally {
      browser.kill("SIGKILL");
      server.closeAllConnections();
      server.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  },
  60_000,
);
