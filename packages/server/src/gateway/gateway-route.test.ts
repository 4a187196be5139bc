/** What a client of the gateway is told, over a real socket. */

import { ChatError, createScriptedModel } from "@cachalot/chat";
import { afterEach, expect, test } from "vitest";
import { createServer, type RunningServer } from "../create-server.js";
import { createGatewayModel } from "./gateway-model.js";
import { ReasoningMemory } from "./reasoning-memory.js";

let server: RunningServer;
afterEach(() => server.close());

const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
const result = { role: "tool", tool_call_id: "c", content: "x" };
const user = { role: "user", content: "Hi" };

test("streamed or not, the header and the metrics tell what was put right", async () => {
  const upstream = createScriptedModel({ turns: () => ({ reasoning: "hm", content: "ok" }) });
  server = await createServer({
    chat: createGatewayModel(upstream, await ReasoningMemory.open()),
    port: 0,
    graceMs: 10,
  });
  const ask = async (assistant: object, stream: boolean) => {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        stream,
        messages: [user, { role: "assistant", tool_calls: [call], ...assistant }, result],
      }),
    });
    expect(await response.text()).toContain("ok");
    return response.headers.get("x-cachalot-repairs");
  };
  for (const stream of [false, true]) {
    expect(await ask({}, stream)).toBe("missing-reasoning=1");
    expect(await ask({ reasoning: "mine" }, stream)).toBe("field-name=1");
    expect(await ask({ reasoning_content: "mine" }, stream)).toBeNull();
  }
  expect(upstream.requests[1]?.messages[1]).toMatchObject({ reasoning_content: "mine" });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('cachalot_repairs_total{kind="missing-reasoning"} 2');
  expect(metrics).toContain('cachalot_repairs_total{kind="field-name"} 2');
});

test("an upstream that asks to wait is passed on with its time", async () => {
  const error = new ChatError("overloaded", "busy; later", undefined, { retryable: true, retryAfterMs: 6500 });
  server = await createServer({ chat: createScriptedModel({ turns: [{ error }] }), port: 0, graceMs: 10 });
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: [user] }),
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
});
