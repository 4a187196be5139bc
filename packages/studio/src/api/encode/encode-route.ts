import { ENDPOINT_PROFILES, type EndpointProfileName } from "@cachalot/chat";
import { type Route, readJsonObject, validate } from "@cachalot/server";
import * as z from "zod";
import { encodingSchema } from "../../wire/encoding.js";
import { encodeRequest } from "./encode-request.js";

const querySchema = z.object({
  profile: z
    .enum(Object.keys(ENDPOINT_PROFILES) as [EndpointProfileName])
    .optional()
    .describe("the host whose rules hold"),
  speciale: z.enum(["true", "false"]).optional().describe("the model is DeepSeek-V3.2-Speciale"),
});

export function encodeRoute(): Route {
  return {
    method: "POST",
    path: "/studio/api/encode",
    summary: "What a chat request is to the model: tokens, retention, findings",
    query: querySchema,
    body: z.looseObject({ messages: z.array(z.unknown()) }),
    response: encodingSchema,
    async handle(c, { maxBodyBytes, tokenizer }) {
      const { profile = "generic", speciale } = validate(querySchema, c.req.query());
      const body = await readJsonObject(c.req.raw, maxBodyBytes);
      return c.json(encodeRequest(body, { profile, speciale: speciale === "true" }, tokenizer));
    },
  };
}
