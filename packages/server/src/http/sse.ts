/** Server-sent events with comments that keep quiet connections open. */

import { setInterval } from "node:timers";

const encoder = new TextEncoder();

/**
 * Sends one `data:` event, with an `id:` where one is given. Resolves when the client's connection has room for more.
 */
export type SendEvent = (data: unknown, id?: number) => Promise<void>;

/**
 * A streaming response filled by `produce`, which must not throw. A string is sent as it is, everything else as JSON.
 * When the client goes away, `onDisconnect` is called once and what is still sent is dropped.
 *
 * @param keepAliveMs a comment is sent after this much silence
 */
export function sseResponse(
  produce: (send: SendEvent) => Promise<void>,
  {
    keepAliveMs,
    onDisconnect,
    headers = {},
  }: { keepAliveMs: number; onDisconnect: () => void; headers?: Record<string, string> },
): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let lastWrite = performance.now();
  const write = async (text: string): Promise<void> => {
    lastWrite = performance.now();
    // A rejected write means a closed connection, which `writer.closed` reports.
    await writer.write(encoder.encode(text)).catch(() => undefined);
  };
  writer.closed.catch(onDisconnect);
  const timer = setInterval(() => {
    const quiet = performance.now() - lastWrite >= keepAliveMs * 0.9;
    if (quiet && (writer.desiredSize ?? 0) > 0) void write(": keep-alive\n\n");
  }, keepAliveMs);
  timer.unref();
  const send: SendEvent = (data, id) =>
    write(
      `${id === undefined ? "" : `id: ${id}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`,
    );
  void produce(send).finally(() => {
    clearInterval(timer);
    return writer.close().catch(() => undefined);
  });
  return new Response(readable, {
    headers: {
      ...headers,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
    },
  });
}
