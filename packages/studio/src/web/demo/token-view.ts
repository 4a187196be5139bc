/** Tokens of one call with what pages show of each: text, bytes, the message it belongs to. */

import { chatPromptParts } from "@cachalot/chat";
import type { Tokenizer } from "@cachalot/model";
import type { ModelCall } from "./talk.js";

export interface ShownToken {
  id: number;
  text: string;
  bytes: string;
  /** `<｜User｜>` and its like: one token that no text of a user becomes. */
  special: boolean;
  /** Whose message it is part of. */
  role: "system" | "user" | "assistant" | "tool" | "developer" | "answer";
}

/** What the model read and wrote, in its own tokens. */
export function tokensOfCall(tokenizer: Tokenizer, { request, tokens }: ModelCall): ShownToken[] {
  return [
    ...tokensOfPrompt(tokenizer, request, tokens.promptIds),
    ...tokens.ids.map((id) => shown(tokenizer, id, "answer")),
  ];
}

/** The prompt of a request, token by token. */
export function tokensOfPrompt(
  tokenizer: Tokenizer,
  request: ModelCall["request"],
  ids?: readonly number[],
): ShownToken[] {
  const parts = chatPromptParts(request);
  const encoder = new TextEncoder();
  const ends: number[] = [];
  for (const { text } of parts) ends.push((ends.at(-1) ?? 0) + encoder.encode(text).length);
  let at = 0;
  let part = 0;
  return (ids ?? tokenizer.encode(parts.map(({ text }) => text).join(""))).map((id) => {
    while (part < parts.length - 1 && at >= ends[part]!) part++;
    at += tokenizer.tokenBytes(id).length;
    return shown(tokenizer, id, request.messages[parts[part]!.message]?.role ?? "system");
  });
}

function shown(tokenizer: Tokenizer, id: number, role: ShownToken["role"]): ShownToken {
  const bytes = tokenizer.tokenBytes(id);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return {
    id,
    text,
    bytes: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" "),
    special: /^<?[｜|].*[｜|]>?$|^<\/?think>$/.test(text),
    role,
  };
}
