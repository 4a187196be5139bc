import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./cachalot.js";

export interface BrowserBundle {
  /** Minified; of the entry, which is all there is where nothing is imported at run time. */
  code: string;
  /** Characters of all code. */
  size: number;
  /** Paths of the modules in it. */
  modules: string[];
  /** What it still imports: nothing, in a page. */
  imports: string[];
}

/** Bundles a module's code for a browser, as if it were a file of the command's package, which may import every other one. */
export async function bundleForBrowser(code: string): Promise<BrowserBundle> {
  const input = join(root, "packages", "cli", "in-a-page.mjs");
  const bundle = await rolldown({
    input,
    platform: "browser",
    logLevel: "silent",
    plugins: [
      { name: "code", load: (id) => (id === input ? code : null), resolveId: (id) => (id === input ? id : null) },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const chunks = output.filter((part) => part.type === "chunk");
  return {
    code: chunks.find(({ isEntry }) => isEntry)!.code,
    size: chunks.reduce((sum, chunk) => sum + chunk.code.length, 0),
    modules: chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => id !== input),
    imports: chunks
      .flatMap(({ imports }) => imports)
      .filter((name) => !chunks.some(({ fileName }) => fileName === name)),
  };
}
