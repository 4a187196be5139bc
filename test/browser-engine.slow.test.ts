// The engine in a page: the embedded model from a folder of a plain file server, in a Web Worker on the wasm device, gives the tokens Node gives.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { collectMessage, type GenerateRequest } from "@cachalot/chat";
import { startEngine } from "@cachalot/engine";
import { expect, test } from "vitest";
import { bundleForBrowser } from "./support/browser-bundle.js";
import { root } from "./support/cachalot.js";
import { hasBrowser, reportErrors, runPage } from "./support/chromium.js";

const request: GenerateRequest = {
  messages: [{ role: "user", content: "What is 12 * 7?" }],
  temperature: 0,
  maxTokens: 60,
};
/** Token ids, as a page and Node are asked for them. */
const completion = {
  prompt: Array.from({ length: 300 }, (_, i) => 10 + ((i * 37) % 4000)),
  temperature: 0,
  maxTokens: 24,
};

const script = `
import { collectMessage } from "@cachalot/chat";
import { startEngine } from "@cachalot/engine";
const engine = await startEngine("/model/", {
  device: "wasm", weights: "f32", workerAddress: "/worker.js", kernelsAddress: "/kernels.wasm",
});
const { message, usage } = await collectMessage(engine.generate(${JSON.stringify(request)}));
let text = "";
for await (const event of engine.complete(${JSON.stringify(completion)})) if (event.type === "text") text += event.delta;
const missing = await startEngine("/nowhere/", { workerAddress: "/worker.js" }).then(() => "", (error) => error.code + ": " + error.message);
await engine.close();
const result = { message, completionTokens: usage?.completionTokens, text, missing, foreign: performance.getEntriesByType("resource").filter(({ name }) => !name.startsWith(location.origin)).length };
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
`;

const types: Record<string, string> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

test.skipIf(!hasBrowser)(
  "the embedded model in a page answers token for token as in Node",
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "cachalot-page-"));
    try {
      for (const [name, code] of [
        ["page.js", script],
        ["worker.js", 'import "@cachalot/engine/web-worker";'],
      ] as const)
        await writeFile(join(dir, name), (await bundleForBrowser(code)).code);
      const page = `<!doctype html><meta charset="utf-8">${reportErrors}<script type="module" src="/page.js"></script>`;
      const answer = await runPage(async (path, asked, response) => {
        if (path === "/") return void response.setHeader("content-type", "text/html").end(page);
        const file = path.startsWith("/model/")
          ? join(root, "models/embedded", basename(path))
          : path === "/kernels.wasm"
            ? join(root, "packages/tensor/wasm/kernels.wasm")
            : join(dir, basename(path));
        const body = await readFile(file).catch(() => undefined);
        response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
        if (!body) return void response.writeHead(404).end();
        const range = /^bytes=(\d+)-(\d+)$/.exec(asked.headers.range ?? "");
        if (!range) return void response.end(body);
        const [first, last] = [Number(range[1]), Math.min(Number(range[2]), body.length - 1)];
        response.writeHead(206, { "content-range": `bytes ${first}-${last}/${body.length}` });
        response.end(body.subarray(first, last + 1));
      });
      expect(answer).toMatch(/^\{/);
      const inPage = JSON.parse(answer) as Record<
        "message" | "completionTokens" | "text" | "missing" | "foreign",
        unknown
      >;

      const engine = await startEngine(join(root, "models/embedded"), { device: "wasm", weights: "f32" });
      try {
        const { message, usage } = await collectMessage(engine.generate(request));
        let text = "";
        for await (const event of engine.complete(completion)) if (event.type === "text") text += event.delta;
        expect(inPage.message).toEqual(JSON.parse(JSON.stringify(message)));
        expect(inPage.completionTokens).toBe(usage?.completionTokens);
        expect(inPage.text).toBe(text);
        expect(text).not.toBe("");
      } finally {
        await engine.close();
      }
      expect(inPage.missing).toMatch(/^load_failed: .*tokenizer\.json/);
      expect(inPage.foreign).toBe(0);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
  180_000,
);
