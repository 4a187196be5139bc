import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./cachalot.js";

export interface Manifest {
  name: string;
  version: string;
  description?: string;
  keywords?: string[];
  homepage?: string;
  bugs?: string;
  repository?: { type: string; url: string; directory: string };
  license?: string;
  engines?: { node?: string };
  exports?: Record<string, unknown>;
  bin?: Record<string, string>;
  sideEffects?: boolean | string[];
  files?: string[];
  publishConfig?: { access?: string };
  dependencies?: Record<string, string>;
}

export interface Package {
  /** Relative to the repository: `packages/chat`. */
  dir: string;
  path: string;
  manifest: Manifest;
}

/** Every package that is published: the command, the libraries, the embedded model. */
export const packages: readonly Package[] = [
  ...readdirSync(join(root, "packages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `packages/${name}`),
  "models",
].map((dir) => {
  const path = join(root, dir);
  return { dir, path, manifest: JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest };
});
