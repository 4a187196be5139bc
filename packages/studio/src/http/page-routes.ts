/** The built pages as static files, with a content security policy that lets nothing in or out. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Route } from "@cachalot/server";
import type { Context } from "hono";
import { StudioError } from "../errors.js";
import type { Access } from "./access.js";

const FOLDER = fileURLToPath(new URL("../web/", import.meta.url));
/** The documentation, where `npm run build:docs` built it. */
const DOCS = fileURLToPath(new URL("../docs/", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** The API reference sets styles on its elements. */
const REFERENCE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": `${HEADERS["content-security-policy"]}; style-src 'self' 'unsafe-inline'`,
};

const DENIED = "This browser has no session; open the address that cachalot serve printed, with its token.";

/** @throws StudioError "not_built" */
export function pageRoutes(access: Access): readonly Route[] {
  if (!existsSync(join(FOLDER, "index.html")))
    throw new StudioError(
      "not_built",
      `there are no built pages at ${FOLDER}; run npm run build, or serve with --no-studio`,
    );
  const compressed = new Map<string, Promise<Buffer>>();
  const page = async (c: Context): Promise<Response> => {
    if (!access.admit(c)) return c.text(DENIED, 401);
    if (c.req.query("token") !== undefined) return c.redirect(c.req.path);
    // Its links are relative to the folder.
    if (c.req.path === "/studio/docs" && existsSync(DOCS)) return c.redirect("/studio/docs/");
    return send(c, c.req.path.replace(/^\/studio\/?/, ""), compressed);
  };
  return [
    ...["/", "/studio"].map(
      (path): Route => ({ method: "GET", path, handle: (c) => c.redirect(`/studio/${new URL(c.req.url).search}`) }),
    ),
    { method: "GET", path: "/studio/:file{(?!api/).*}", handle: page },
  ];
}

/** The folder of an address, and the path below it. */
function locate(file: string): [folder: string, path: string] {
  if (!file.startsWith("docs/") || !existsSync(DOCS)) return [FOLDER, file];
  return [DOCS, file.slice("docs/".length) || "index.html"];
}

/** A file that was built; every other address is a page, which `index.html` shows. */
async function send(c: Context, file: string, compressed: Map<string, Promise<Buffer>>): Promise<Response> {
  const [folder, below] = locate(file);
  const path = normalize(join(folder, decodeURIComponent(below)));
  const isFile = path.startsWith(folder) && extname(path) !== "" && existsSync(path);
  if (!isFile && extname(file) !== "") return c.text("There is no such file", 404);
  const served = isFile ? path : join(FOLDER, "index.html");
  const type = TYPES[extname(served)] ?? "application/octet-stream";
  const headers = {
    ...HEADERS,
    ...(folder === DOCS && below.startsWith("api/") ? REFERENCE_HEADERS : {}),
    "content-type": type,
    "cache-control": file.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  };
  const gzip = /\bgzip\b/.test(c.req.header("accept-encoding") ?? "") && type !== "font/woff2";
  if (!gzip) return c.body(new Uint8Array(await readFile(served)), 200, headers);
  const body = compressed.get(served) ?? readFile(served).then((bytes) => gzipSync(bytes));
  compressed.set(served, body);
  return c.body(new Uint8Array(await body), 200, { ...headers, "content-encoding": "gzip", vary: "accept-encoding" });
}
