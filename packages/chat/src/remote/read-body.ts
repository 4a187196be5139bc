/** Response bodies, read no further than is sane. */

import { createParser } from "eventsource-parser";
import { ChatError } from "../errors.js";

/** Of one event, or of an answer that is one object. */
export const MAX_CHUNK_BYTES = 32 * 1024 * 1024;

export const tooLarge = (): ChatError =>
  new ChatError("upstream", `The endpoint sent more than ${MAX_CHUNK_BYTES} bytes at once; is it a model's endpoint?`);

/** The first `limit` bytes of a body, and whether that was all. */
export async function readText(response: Response, limit: number): Promise<{ text: string; whole: boolean }> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return { text: text + decoder.decode(), whole: true };
    bytes += part.value.byteLength;
    text += decoder.decode(part.value, { stream: true });
    if (bytes > limit) {
      reader?.cancel().catch(() => undefined);
      return { text: text.slice(0, limit), whole: false };
    }
  }
}

/**
 * The `data` of each server-sent event.
 *
 * @param onBytes called for every piece of the body, comments included
 * @param onWait called before waiting for the next one
 */
export async function* readEvents(
  response: Response,
  onBytes: () => void,
  onWait: () => void,
): AsyncGenerator<string, void, undefined> {
  const ready: string[] = [];
  let overflow = false;
  const parser = createParser({
    maxBufferSize: MAX_CHUNK_BYTES,
    onEvent: ({ data }) => ready.push(data),
    onError: ({ type }) => {
      overflow ||= type === "max-buffer-size-exceeded";
    },
  });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      onBytes();
      if (done) break;
      parser.feed(decoder.decode(value, { stream: true }));
      if (overflow) throw tooLarge();
      yield* ready.splice(0);
      onWait();
    }
    // An endpoint may end right after its last line, without the empty one that completes an event.
    parser.feed(`${decoder.decode()}\n\n`);
    yield* ready.splice(0);
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
