import { createScriptedModel } from "@cachalot/chat";
import { createApp } from "@cachalot/server";
import { expect, test } from "vitest";
import { toolsRoutes } from "./tools-routes.js";

test("the calculator runs, wrong arguments become a result the model can read, other tools are refused", async () => {
  const app = createApp({ chat: createScriptedModel({ turns: [] }), routes: toolsRoutes() });
  const run = (name: string, text: string) =>
    app.request(`/studio/api/tools/${name}`, {
      method: "POST",
      body: JSON.stringify({ arguments: text }),
      headers: { "content-type": "application/json" },
    });
  expect(await (await run("calculator", '{"expression": "48 * 76"}')).json()).toEqual({
    content: "3648",
    isError: false,
  });
  expect(await (await run("calculator", "[1]")).json()).toMatchObject({ isError: true });
  expect((await run("bash", '{"command": "true"}')).status).toBe(404);
  const { tools } = (await (await app.request("/studio/api/tools")).json()) as {
    tools: { function: { name: string } }[];
  };
  expect(tools.map((tool) => tool.function.name)).toEqual(["calculator"]);
});

test("a model that knows no tools is offered none", async () => {
  const app = createApp({ chat: createScriptedModel({ turns: [] }), routes: toolsRoutes(false) });
  expect(await (await app.request("/studio/api/tools")).json()).toEqual({ tools: [] });
});
