/** A plain static file server on 127.0.0.1: files of a folder, HTTP Range requests, nothing else. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export interface StaticFiles {
  url: string;
  /** Every request so far: `path` or `path range`. */
  requests: string[];
  close(): Promise<void>;
}

/**
 * @param headers sent with every file
 * @param cutAfter bytes of a body after which the connection is cut
 */
export async function serveFiles(
  folder: string,
  {
    headers = {},
    cutAfter = () => undefined,
  }: { headers?: Record<string, string>; cutAfter?(path: string): number | undefined } = {},
): Promise<StaticFiles> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    requests.push(`${path} ${request.headers.range ?? ""}`.trim());
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const body = await readFile(join(folder, name)).catch(() => undefined);
    if (!body) return void response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(request.headers.range ? 206 : 200, {
      ...headers,
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-length": body.length - from,
      ...(request.headers.range ? { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
    });
    const cut = cutAfter(path);
    if (cut === undefined) return void response.end(body.subarray(from));
    response.write(body.subarray(from, from + cut), () => setTimeout(() => response.destroy(), 1500));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
