import { afterEach, expect, test } from "vitest";
import {
  type Answer,
  createHttpEndpoint,
  type HttpEndpoint,
  openEvents,
  sendAll,
  sendEvent,
} from "../testing/http-endpoint.js";
import { openStream, type Timeouts } from "./open-stream.js";

let endpoint: HttpEndpoint;
afterEach(() => endpoint.close());

async function collect(answer: Answer, timeouts: Timeouts = {}, signal?: AbortSignal): Promise<unknown[]> {
  endpoint = await createHttpEndpoint(answer);
  const chunks: unknown[] = [];
  const source = { baseUrl: `${endpoint.baseUrl}/`, apiKey: "k", headers: { "x-a": "b" }, timeouts };
  for await (const chunk of openStream(source, "/completions", { ask: 1 }, signal)) chunks.push(chunk);
  return chunks;
}

test("posts JSON with the key and yields events however they are cut", async () => {
  const chunks = await collect((response) => {
    openEvents(response);
    const bytes = Buffer.from(': hello\r\n\r\ndata: {"a":"é😀"}\r\n\r\ndata: {"b":2}\n\ndata: [DONE]\n\n');
    let at = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(at, ++at));
      if (at === bytes.length) response.end(() => clearInterval(timer));
    }, 0);
  });
  expect(chunks).toEqual([{ a: "é😀" }, { b: 2 }]);
  expect(endpoint.requests[0]).toMatchObject({
    path: "/v1/completions",
    body: { ask: 1 },
    headers: { authorization: "Bearer k", "content-type": "application/json", "x-a": "b" },
  });
});

test("takes the last event of a stream without an empty line, and a whole JSON answer", async () => {
  expect(
    await collect((response) => response.setHeader("content-type", "text/event-stream").end('data: {"a":1}')),
  ).toEqual([{ a: 1 }]);
  await endpoint.close();
  const whole: Answer = (response) => response.setHeader("content-type", "application/json").end('{"b":1}');
  expect(await collect(whole)).toEqual([{ b: 1 }]);
});

test.each<[number, string, object]>([
  [
    400,
    '{"error":{"message":"Missing `reasoning_content`"}}',
    { code: "invalid_request", upstream: { retryable: false } },
  ],
  [400, '{"message":"maximum context length is 8"}', { code: "context_length_exceeded", param: "messages" }],
  [401, "no", { code: "upstream", upstream: { retryable: false } }],
  [404, '{"detail":"Not Found"}', { code: "upstream", upstream: { retryable: false } }],
  [422, '{"detail":[{"loc":["body"]}]}', { code: "invalid_request" }],
  [429, "", { code: "overloaded", upstream: { retryable: true, retryAfterMs: 2000 } }],
  [503, "<html>busy</html>", { code: "upstream", upstream: { retryable: true, status: 503 } }],
])("status %i is an error that says what to do", async (status, body, expected) => {
  const error = await collect((response) => response.writeHead(status, { "retry-after": "2" }).end(body)).catch(
    (e) => e,
  );
  expect(error).toMatchObject(expected);
  expect(error.message).toContain(`/v1/completions answered ${status}`);
  expect(error.message).toMatch(/; (check|send|change)/);
});

test("errors inside a stream, cut lines and broken connections", async () => {
  const failing: [Answer, object][] = [
    [(response) => sendAll(response, [{ error: { message: "boom", code: 400 } }]), { code: "invalid_request" }],
    [(response) => sendAll(response, [{ error: "boom" }]), { code: "upstream", upstream: { retryable: true } }],
    [
      (response) => {
        openEvents(response);
        response.end('data: {"a":');
      },
      { code: "upstream", upstream: { retryable: true } },
    ],
    [(response) => sendAll(response, ["7"]), { code: "upstream" }],
    [
      (response) => {
        openEvents(response);
        sendEvent(response, { a: 1 });
        setTimeout(() => response.destroy(), 5);
      },
      { code: "upstream", upstream: { retryable: true } },
    ],
  ];
  for (const [answer, expected] of failing) {
    await expect(collect(answer)).rejects.toMatchObject(expected);
    await endpoint.close();
  }
  const gone = openStream({ baseUrl: endpoint.baseUrl }, "/completions", {});
  await expect(gone.next()).rejects.toMatchObject({ code: "upstream", upstream: { retryable: true } });
});

test("each timeout says what was waited for, and closes the connection", async () => {
  const silent: Answer = () => undefined;
  await expect(collect(silent, { connectMs: 500 })).rejects.toThrow("did not answer within 0.5 s");
  await expect.poll(() => endpoint.hungUp).toBe(1);
  await endpoint.close();
  await expect(collect(openEvents, { firstByteMs: 30 })).rejects.toThrow("sent nothing within 0.03 s");
  await endpoint.close();
  const stops: Answer = (response) => {
    openEvents(response);
    sendEvent(response, { a: 1 });
  };
  await expect(collect(stops, { idleMs: 30 })).rejects.toThrow("was silent for 0.03 s");
  await expect.poll(() => endpoint.hungUp).toBe(1);
});

test("keep-alive comments are signs of life", async () => {
  const chunks = await collect(
    (response) => {
      openEvents(response);
      let count = 0;
      const timer = setInterval(() => {
        response.write(": keep-alive\n\n");
        if (++count < 10) return;
        clearInterval(timer);
        sendEvent(response, { a: 1 });
        response.end("data: [DONE]\n\n");
      }, 30);
    },
    { firstByteMs: 200, idleMs: 200 },
  );
  expect(chunks).toEqual([{ a: 1 }]);
});

test("an abort ends the stream without an error and frees the connection", async () => {
  const abort = new AbortController();
  const forever: Answer = (response) => {
    openEvents(response);
    sendEvent(response, { a: 1 });
    setTimeout(() => abort.abort(), 10);
  };
  expect(await collect(forever, {}, abort.signal)).toEqual([{ a: 1 }]);
  await expect.poll(() => endpoint.hungUp).toBe(1);
});

test("leaving the loop frees the connection", async () => {
  endpoint = await createHttpEndpoint((response) => {
    openEvents(response);
    sendEvent(response, { a: 1 });
  });
  for await (const _ of openStream({ baseUrl: endpoint.baseUrl }, "/completions", {})) break;
  await expect.poll(() => endpoint.hungUp).toBe(1);
});

test("a connection is used again after a whole stream, and one that stays open costs little", async () => {
  endpoint = await createHttpEndpoint((response, _, index) => {
    if (index < 5) return sendAll(response, [{ a: 1 }]);
    openEvents(response);
    sendEvent(response, { a: 1 });
    sendEvent(response, "[DONE]");
  });
  const started = performance.now();
  for (let i = 0; i < 6; i++) {
    const chunks = [];
    for await (const chunk of openStream({ baseUrl: endpoint.baseUrl }, "/completions", {})) chunks.push(chunk);
    expect(chunks).toEqual([{ a: 1 }]);
  }
  expect(endpoint.connections).toBeLessThan(4);
  expect(performance.now() - started).toBeLessThan(3000);
});

test("an endless line, and an endless answer, are refused", async () => {
  for (const type of ["text/event-stream", "application/json"]) {
    const endless: Answer = (response) => {
      response.writeHead(200, { "content-type": type }).write("data: ");
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(2 ** 20, "x"), () => setImmediate(more));
      };
      more();
    };
    await expect(collect(endless)).rejects.toThrow("bytes at once");
    await expect.poll(() => endpoint.hungUp).toBe(1);
    await endpoint.close();
  }
});
