import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { openCheckpoint } from "../checkpoint/index.js";
import { readConfig } from "../config/index.js";
import { golden } from "../testing/golden.js";
import { directorySource } from "./directory-source.js";
import type { HttpSourceOptions } from "./http-options.js";
import { httpSource } from "./http-source.js";

const content = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 31 + (i >> 8)) % 256);
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model/`;
}

/** Answers a request for a range of `bytes` as a file server does. */
function sendRange(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, etag = '"1"'): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (!range) {
    response.writeHead(200).end(bytes);
    return;
  }
  const [first, last] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)];
  if (first >= bytes.length) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(206, { etag, "content-range": `bytes ${first}-${last}/${bytes.length}` });
  response.end(bytes.subarray(first, last + 1));
}

const open = async (address: string, options: HttpSourceOptions = {}) =>
  (await httpSource(address, { retryDelayMs: 1, ...options }).open("model.safetensors"))!;

test("any range is what lies there, whatever the size of chunks, also past the end", async () => {
  const address = await serve((request, response) => sendRange(request, response, content));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 11_000 }),
      fc.integer({ min: 0, max: 11_000 }),
      fc.constantFrom(100, 4096, 1 << 20),
      async (offset, length, chunkBytes) => {
        const file = await open(address, { chunkBytes });
        expect(file.size).toBe(content.length);
        expect(Buffer.compare(await file.read(offset, length), content.slice(offset, offset + length))).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});

test("neighbouring tensors come in one request", async () => {
  let requests = 0;
  const address = await serve((request, response) => {
    requests++;
    sendRange(request, response, content);
  });
  const file = await open(address);
  for (let at = 0; at < content.length; at += 100) await file.read(at, 100);
  // One to see that the file is there, one for its bytes.
  expect(requests).toBe(2);
});

test("a server that knows no ranges sends the file once", async () => {
  let requests = 0;
  const address = await serve((_, response) => {
    requests++;
    response.end(content);
  });
  const file = await open(address, { chunkBytes: 100 });
  expect(await file.read(5000, 300)).toEqual(content.slice(5000, 5300));
  expect(await file.read(0, 10)).toEqual(content.slice(0, 10));
  expect(requests).toBe(1);
});

test("no more requests are under way than allowed, and as many", async () => {
  let [running, most] = [0, 0];
  const address = await serve((request, response) => {
    most = Math.max(most, ++running);
    setTimeout(() => {
      running--;
      sendRange(request, response, content);
    }, 5);
  });
  const file = await open(address, { chunkBytes: 250, concurrency: 3 });
  expect(await file.read(0, content.length)).toEqual(content);
  expect(most).toBe(3);
});

test.each<[string, RequestListener]>([
  ["is overloaded", (_, response) => void response.writeHead(503, { "retry-after": "0" }).end()],
  ["asks for fewer requests", (_, response) => void response.writeHead(429).end()],
  ["breaks the connection", (request) => void request.socket.destroy()],
  [
    "breaks it in the middle of the body",
    (_, response) => {
      response.writeHead(206, { "content-range": "bytes 0-9999/10000", "content-length": "10000", etag: '"1"' });
      response.write(content.subarray(0, 100), () => response.destroy());
    },
  ],
])("a server that %s is asked again", async (_, misbehave) => {
  let requests = 0;
  const address = await serve((request, response) => {
    if (++requests % 3 !== 0) misbehave(request, response);
    else sendRange(request, response, content);
  });
  const file = await open(address);
  expect(await file.read(0, content.length)).toEqual(content);
});

test("a server that never answers well is an error after the tries allowed, which names the address", async () => {
  let requests = 0;
  const address = await serve((_, response) => {
    requests++;
    response.writeHead(500).end();
  });
  await expect(open(address, { retries: 2 })).rejects.toThrow(
    `${address}model.safetensors: the server answers 500, after 3 tries`,
  );
  expect(requests).toBe(3);
});

test("a file that is not there is no error of its own; one that may not be read is", async () => {
  const address = await serve((request, response) => {
    response.writeHead(request.url!.includes("secret") ? 403 : 404).end();
  });
  const source = httpSource(address, { retryDelayMs: 1 });
  expect(await source.open("model.safetensors")).toBeUndefined();
  await expect(source.open("secret.json")).rejects.toThrow("the server answers 403");
  await expect(openCheckpoint(address)).rejects.toMatchObject({ name: "ModelError", code: "missing_file" });
});

test("a file that is replaced while it is read is an error", async () => {
  let version = 1;
  const address = await serve((request, response) => sendRange(request, response, content, `"${version}"`));
  const file = await open(address, { chunkBytes: 1000 });
  await file.read(0, 10);
  version = 2;
  await expect(file.read(5000, 10)).rejects.toThrow("changed while it was read");
});

const bytesOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

test("a checkpoint over HTTP is the checkpoint of the directory, its config too", async () => {
  const local = directorySource(golden("fp8"))!;
  const address = await serve(async (request, response) => {
    const file = await local.open(decodeURIComponent(request.url!.slice("/model/".length)));
    if (!file) return void response.writeHead(404).end();
    sendRange(request, response, await file.read(0, file.size));
    await file.close();
  });
  expect(await readConfig(address)).toEqual(await readConfig(golden("fp8")));
  expect(await readConfig(`${address}config.json`)).toEqual(await readConfig(join(golden("fp8"), "config.json")));
  const [remote, own] = [await openCheckpoint(address), await openCheckpoint(golden("fp8"))];
  expect(remote.names()).toEqual(own.names());
  for (const name of own.names())
    expect(bytesOf(await remote.readF32(name)).equals(bytesOf(await own.readF32(name))), name).toBe(true);
  await Promise.all([remote.close(), own.close()]);
});
