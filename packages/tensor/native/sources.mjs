// What the kernels are built from, for the native addon and for WebAssembly.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const native = dirname(fileURLToPath(import.meta.url));
export const root = dirname(native);

/** Sums may be reordered into vectors; infinities and NaN keep their meaning (masks are -inf). */
export const kernelFlags = [
  "-ffast-math",
  "-fno-finite-math-only",
  "-fno-unsafe-math-optimizations",
  "-fassociative-math",
  "-fno-signed-zeros",
  "-fno-trapping-math",
  "-ffp-contract=fast",
];

const ops = join(root, "src", "ops");

/** `[op, path]` of every kernel. */
export const kernels = readdirSync(ops)
  .sort()
  .map((op) => [op, join(ops, op, "kernel.cc")])
  .filter(([, path]) => existsSync(path));

/** The text of all shared headers. */
export const headers = readdirSync(native)
  .filter((file) => file.endsWith(".h"))
  .sort()
  .map((file) => readFileSync(join(native, file), "utf8"))
  .join("\n");

/** A source with the headers it includes, where they lie in one of the folders. */
export function withHeaders(file, folders, seen = new Set()) {
  if (seen.has(file)) return "";
  seen.add(file);
  const text = readFileSync(file, "utf8");
  const included = [...text.matchAll(/#include ["<](.+)[">]/g)].flatMap(([, name]) =>
    folders.map((folder) => join(folder, name)).filter(existsSync),
  );
  return included.reduce((all, header) => all + withHeaders(header, folders, seen), text);
}

/** SHA-256 of texts, in hexadecimal. */
export function hashOf(...texts) {
  return createHash("sha256").update(texts.join("\0")).digest("hex");
}
