/** A tree whose texts are read when the first is asked for, all at once: a process of git serves many files. */

import type { SourceTree } from "../languages/language.js";
import type { ObjectStore, Tree } from "./object-store.js";

const MAX_TEXT = 2 ** 20;

export function sourceTree(store: ObjectStore, tree: Tree): SourceTree {
  let texts: Promise<Map<string, string>> | undefined;
  const load = async () => {
    const files = [...tree].filter(([, { mode }]) => mode !== "120000");
    const contents = await store.getAll(files.map(([, { id }]) => id));
    return new Map(files.map(([path], i) => [path, contents[i]!.subarray(0, MAX_TEXT).toString("utf8")]));
  };
  return {
    paths: [...tree.keys()],
    async read(path) {
      texts ??= load();
      return (await texts).get(path) ?? "";
    },
  };
}
