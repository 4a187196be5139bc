/** A tree whose texts are read when asked for, each once. */

import type { SourceTree } from "../languages/language.js";
import type { ObjectStore, Tree } from "./object-store.js";

const MAX_TEXT = 2 ** 20;

export function sourceTree(store: ObjectStore, tree: Tree): SourceTree {
  const texts = new Map<string, Promise<string>>();
  const load = async (path: string) => {
    const entry = tree.get(path);
    if (!entry || entry.mode === "120000") return "";
    return (await store.get(entry.id)).subarray(0, MAX_TEXT).toString("utf8");
  };
  return {
    paths: [...tree.keys()],
    read(path) {
      if (!texts.has(path)) texts.set(path, load(path));
      return texts.get(path)!;
    },
  };
}
