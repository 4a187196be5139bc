import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { GeneratedTokens } from "../chat-model.js";
import type { CompletionRequest } from "../completion-model.js";
import { createHttpEndpoint, type HttpEndpoint, openEvents, sendEvent } from "../testing/http-endpoint.js";
import { createRemoteCompletionModel, type RemoteModelOptions } from "./remote-model.js";

let endpoint: HttpEndpoint;
afterEach(() => endpoint?.close());

const whole = { temperature: 1, topP: 1, topK: 0, record: {} };
const model = (profile: "vllm" | "sglang" | "generic", more: Partial<RemoteModelOptions> = {}) =>
  createRemoteCompletionModel({
    ...{ baseUrl: endpoint.baseUrl, model: "m", profile, retry: { baseMs: 1, maxMs: 5, maxAttempts: 10 } },
    ...more,
  });

async function recorded(remote: ReturnType<typeof model>, request: CompletionRequest): Promise<GeneratedTokens> {
  let tokens: GeneratedTokens | undefined;
  for await (const event of remote.complete(request)) if (event.type === "generated") tokens = event.tokens;
  return tokens!;
}

const vllmChunk = (ids: number[], finish: string | null = null) => ({
  choices: [
    {
      text: ids.map((id) => `<${id}>`).join(""),
      token_ids: ids,
      logprobs: { tokens: ids.map((id) => `<${id}>`), token_logprobs: ids.map((id) => -id / 100) },
      finish_reason: finish,
    },
  ],
});

test("a broken stream of vLLM is continued by token ids, and every id is recorded once", async () => {
  const ids = fc.array(fc.integer({ min: 1, max: 129_279 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(ids, fc.array(fc.nat(), { maxLength: 3 }), async (answer, breaks) => {
      const prompt = [5, 6, 7];
      endpoint = await createHttpEndpoint((response, request, index) => {
        const rest = answer.slice((request.body.prompt as number[]).length - prompt.length);
        const cut = breaks[index] === undefined ? rest.length : breaks[index] % rest.length;
        openEvents(response);
        for (const id of rest.slice(0, cut)) sendEvent(response, vllmChunk([id]));
        if (breaks[index] === undefined) sendEvent(response, vllmChunk([], "stop"));
        response.end();
      });
      const tokens = await recorded(model("vllm", { weightsVersion: () => 4 }), { ...whole, prompt });
      expect(tokens).toEqual({
        promptIds: prompt,
        ids: answer,
        logprobs: answer.map((id) => -id / 100),
        rawLogprobs: answer.map((id) => -id / 100),
        versions: answer.map(() => 4),
      });
      expect(endpoint.requests[0]?.body).toMatchObject({ prompt, return_token_ids: true, logprobs: 1 });
      await endpoint.close();
    }),
    { seed: 5, numRuns: 30 },
  );
});

test("SGLang is asked on its own route, which tells ids", async () => {
  endpoint = await createHttpEndpoint((response) => {
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        text: "ab",
        meta_info: {
          output_token_logprobs: [
            [-0.5, 11, null],
            [-0.25, 1, null],
          ],
          finish_reason: { type: "stop", matched: 1 },
          ...{ prompt_tokens: 2, completion_tokens: 2, cached_tokens: 1 },
        },
      }),
    );
  });
  const tokens = await recorded(model("sglang"), { ...whole, prompt: [8, 9], maxTokens: 20, seed: 3 });
  expect(tokens).toMatchObject({ promptIds: [8, 9], ids: [11, 1], logprobs: [-0.5, -0.25] });
  expect(endpoint.requests[0]).toMatchObject({
    path: "/generate",
    body: {
      input_ids: [8, 9],
      return_logprob: true,
      sampling_params: { temperature: 1, top_p: 1, max_new_tokens: 20, sampling_seed: 3 },
    },
  });
});

test("what would be recorded wrongly is refused before it is sent", async () => {
  endpoint = await createHttpEndpoint((response) => void response.end());
  const ask = (request: Partial<CompletionRequest>, profile: "vllm" | "generic" = "vllm") =>
    recorded(model(profile), { ...whole, prompt: [1], ...request });
  await expect(ask({ topP: 0.9 })).rejects.toThrow("record with temperature 1, top_p 1");
  await expect(ask({ temperature: 0.7 })).rejects.toThrow("record with temperature 1");
  await expect(ask({ prompt: "text" })).rejects.toThrow("encode the prompt");
  await expect(ask({ record: { kept: true } })).rejects.toThrow("leave out kept");
  await expect(ask({}, "generic")).rejects.toThrow("roll out on a vllm or sglang endpoint");
  expect(endpoint.requests).toEqual([]);
});

test("ids without their log-probabilities are an error of the endpoint, not a rollout", async () => {
  endpoint = await createHttpEndpoint((response) => {
    openEvents(response);
    sendEvent(response, { choices: [{ text: "a", token_ids: [3, 4], finish_reason: "stop" }] });
    response.end();
  });
  await expect(recorded(model("vllm"), { ...whole, prompt: [1] })).rejects.toMatchObject({ code: "upstream" });
});
