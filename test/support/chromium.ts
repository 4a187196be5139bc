import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { text } from "node:stream/consumers";

/** The installed Chromium, if any. */
export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Whether pages can be tested here, or must be. */
export const hasBrowser =
  chromium !== undefined || process.env.CACHALOT_REQUIRE?.split(",").includes("browser") === true;

/** Put in front of a page's scripts: what they throw is its result. */
export const reportErrors = `<script>
for (const kind of ["error", "unhandledrejection"])
  addEventListener(kind, (event) => fetch("/result", { method: "POST", body: String(event.reason?.stack ?? event.reason ?? event.message) }));
</script>`;

/**
 * Opens `/` of a server on 127.0.0.1 in headless Chromium and waits for what the page posts to `/result`.
 * @param respond answers everything else, by path
 */
export async function runPage(
  respond: (path: string, request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<string> {
  const result = { resolve: (_: string) => {}, reject: (_: Error) => {} };
  const posted = new Promise<string>((resolve, reject) => Object.assign(result, { resolve, reject }));
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    if (path !== "/result") return respond(path, request, response);
    result.resolve(await text(request));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const profile = await mkdtemp(join(tmpdir(), "cachalot-chromium-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
  flags.push("--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = spawn(chromium ?? "/usr/bin/chromium", [...flags, "--remote-debugging-port=0", url], {
    stdio: "ignore",
  });
  browser.once("error", (error) => result.reject(error));
  browser.once("exit", (code) => result.reject(new Error(`chromium ended with ${code}`)));
  try {
    return await posted;
  } finally {
    browser.kill("SIGKILL");
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
