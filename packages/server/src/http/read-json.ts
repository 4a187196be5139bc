/** Untrusted request bodies -> JSON values. */

import { MAX_JSON_DEPTH } from "@cachalot/chat";
import { ApiError, badRequest } from "../api-error.js";
import { withExactFields } from "./exact-fields.js";

/** The body, read no further than `limit` bytes. */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = new ApiError(413, `The body is larger than ${limit} bytes; send less, or raise maxBodyBytes`, {
    code: "body_too_large",
    headers: { connection: "close" },
  });
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) break;
    size += part.value.byteLength;
    if (size > limit) {
      await reader?.cancel();
      throw tooLarge;
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks, size);
}

/** Whether arrays and objects nest deeper than `limit`: recursion over the parsed value must not overflow the stack. */
function nestsDeeperThan(json: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > limit) return true;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return false;
}

/**
 * Reads a request's body as a JSON object; tools, formats and arguments exactly (see `parseExactJson`).
 *
 * Requires a JSON content type: a web page can then not send one here without the browser asking first.
 *
 * @param limit in bytes
 * @throws ApiError 413, 415, or 400 for what is not UTF-8, not JSON, too deep or not an object.
 */
export async function readJsonObject(request: Request, limit: number): Promise<Record<string, unknown>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new ApiError(415, `The content type is ${JSON.stringify(type.slice(0, 100))}; send application/json`, {
      code: "unsupported_content_type",
    });
  }
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw new ApiError(415, "Compressed bodies are not supported; send the body as it is", {
      code: "unsupported_content_encoding",
    });
  }
  const bytes = await readBytes(request, limit);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badRequest("The body is not valid UTF-8; send JSON in UTF-8", null, "invalid_utf8");
  }
  if (nestsDeeperThan(text, MAX_JSON_DEPTH)) {
    throw badRequest(`The body nests deeper than ${MAX_JSON_DEPTH} levels; send a flatter value`, null, "invalid_json");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : "";
    throw badRequest(`The body is not valid JSON (${reason}); send a JSON object`, null, "invalid_json");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("The body must be a JSON object", null, "invalid_json");
  }
  return withExactFields(value as Record<string, unknown>, text);
}
