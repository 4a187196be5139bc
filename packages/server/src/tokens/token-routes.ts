/** `POST /tokenize` and `POST /detokenize`, in vLLM's shapes; llama.cpp's `content` is understood, too. */

import { chatPrompt } from "@cachalot/chat";
import * as z from "zod";
import { ApiError, badRequest } from "../api-error.js";
import type { AppContext, TextTokenizer } from "../app-context.js";
import { parseChatRequest } from "../chat/chat-request.js";
import { readBody } from "../http/read-body.js";
import type { Route } from "../http/route.js";

const tokenizeSchema = z.looseObject({
  prompt: z.string().optional().describe("the text; special tokens written in it are recognised, nothing is added"),
  content: z.string().optional().describe("llama.cpp's name for prompt"),
  messages: z.array(z.looseObject({})).optional().describe("a conversation, encoded as the model would get it"),
  return_token_strs: z.boolean().nullish(),
});

const tokensSchema = z.object({
  count: z.int(),
  max_model_len: z.int(),
  tokens: z.array(z.int()),
  token_strs: z.array(z.string()).nullable(),
});

const detokenizeSchema = z.looseObject({ tokens: z.array(z.int().min(0)).max(1 << 20) });
const textSchema = z.object({ prompt: z.string(), content: z.string() });

/** @throws ApiError 404 where the server does not know the model's vocabulary */
function tokenizerOf({ tokenizer }: AppContext): TextTokenizer {
  if (tokenizer) return tokenizer;
  throw new ApiError(404, "This server has no tokenizer: it stands in front of another; ask that one", {
    code: "no_tokenizer",
  });
}

function textOf(body: Record<string, unknown>, app: AppContext): string {
  const { prompt, content, messages, return_token_strs: _, ...rest } = body as z.infer<typeof tokenizeSchema>;
  const given = [prompt, content, messages].filter((value) => value !== undefined);
  if (given.length !== 1) throw badRequest("send one of prompt, content and messages", "prompt", "missing_parameter");
  if (messages === undefined) return prompt ?? content ?? "";
  return chatPrompt(parseChatRequest({ ...rest, messages }, app.defaultThinkingMode).requests[0]!);
}

export const tokenRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/tokenize",
    summary: "Tokens of a text, or of a conversation as the model would get it",
    body: tokenizeSchema,
    response: tokensSchema,
    async handle(c, app) {
      const tokenizer = tokenizerOf(app);
      const body = await readBody(c, app, tokenizeSchema);
      const tokens = tokenizer.encode(textOf(body, app));
      return c.json({
        count: tokens.length,
        max_model_len: app.chat.contextLength,
        tokens,
        token_strs: body.return_token_strs ? tokens.map((id) => tokenizer.decode([id])) : null,
      });
    },
  },
  {
    method: "POST",
    path: "/detokenize",
    summary: "The text of tokens",
    body: detokenizeSchema,
    response: textSchema,
    async handle(c, app) {
      const tokenizer = tokenizerOf(app);
      const { tokens } = await readBody(c, app, detokenizeSchema);
      const unknown = tokens.findIndex((id) => id >= tokenizer.vocabSize);
      if (unknown >= 0) {
        const field = `tokens[${unknown}]`;
        throw badRequest(`${field}: ids of this model are below ${tokenizer.vocabSize}; send one of those`, field);
      }
      const text = tokenizer.decode(tokens);
      return c.json({ prompt: text, content: text });
    },
  },
];
