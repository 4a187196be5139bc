import { createScriptedModel } from "@cachalot/chat";
import { createApp } from "@cachalot/server";
import { expect, test } from "vitest";
import { studioRoutes } from "../studio-routes.js";

const chat = createScriptedModel({ turns: [] });
const appWith = (token?: string) =>
  createApp({ chat, routes: studioRoutes({ directory: "unused", ...(token ? { token } : {}) }) });
const facts = "/studio/api/server";

test("requests of other sites are refused, whatever tells on them", async () => {
  const app = appWith();
  const status = async (headers: Record<string, string>) => (await app.request(facts, { headers })).status;
  expect(await status({})).toBe(200);
  expect(await status({ host: "127.0.0.1:8000", origin: "http://127.0.0.1:8000" })).toBe(200);
  expect(await status({ host: "127.0.0.1:8000", origin: "http://127.0.0.1:8001" })).toBe(403);
  expect(await status({ host: "127.0.0.1:8000", origin: "null" })).toBe(403);
  expect(await status({ "sec-fetch-site": "same-site" })).toBe(403);
  expect(await status({ "sec-fetch-site": "same-origin" })).toBe(200);
});

test("a token opens the pages once, for one browser", async () => {
  const app = appWith("secret");
  expect((await app.request("/studio/")).status).toBe(401);
  expect((await app.request("/studio/?token=wrong")).status).toBe(401);
  expect((await app.request(facts)).status).toBe(401);
  const visit = await app.request("/studio/chat?token=secret");
  expect(visit.status).toBe(302);
  expect(visit.headers.get("location")).toBe("/studio/chat");
  const cookie = visit.headers.get("set-cookie")!;
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Strict/);
  const headers = { cookie: cookie.split(";")[0]! };
  expect((await app.request("/studio/", { headers })).status).toBe(200);
  expect((await app.request(facts, { headers })).status).toBe(200);
  expect((await app.request("/studio/?token=secret")).status).toBe(401);
});

test("pages come with a policy that lets nothing in, and no file from outside their folder", async () => {
  const app = appWith();
  const page = await app.request("/studio/anything/below");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  expect(await page.text()).toContain('<div id="app">');
  for (const path of ["/studio/assets/none.js", "/studio/..%2f..%2fpackage.json", "/studio/%2e%2e/package.json"])
    expect((await app.request(path)).status, path).toBe(404);
  const zipped = await app.request("/studio/", { headers: { "accept-encoding": "gzip" } });
  expect(zipped.headers.get("content-encoding")).toBe("gzip");
});
