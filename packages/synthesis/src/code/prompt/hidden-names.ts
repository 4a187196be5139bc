/** Hidden requirements: names that the new tests use, that the reference patch brings in, and that nothing the agent sees states. */

const IDENTIFIER = /[A-Za-z_$][A-Za-z0-9_$]{2,}/g;

const namesIn = (text: string): Set<string> => new Set(text.match(IDENTIFIER) ?? []);

const linesOf = (patch: string, sign: "+" | "-"): string =>
  patch
    .split("\n")
    .filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3)))
    .map((line) => line.slice(1))
    .join("\n");

/** Files that a patch makes. */
const newFiles = (patch: string): string[] =>
  [...patch.matchAll(/^diff --git a\/\S+ b\/(\S+)\nnew file/gm)].map(([, path]) => path!);

/**
 * @param known everything the agent may read: the base tree's sources and the prompt
 * @returns names in order, those of new files (as paths) last
 */
export function hiddenNames(testPatch: string, patch: string, known: string): string[] {
  const stated = namesIn(known);
  const brought = namesIn(linesOf(patch, "+"));
  const used = namesIn(linesOf(testPatch, "+"));
  const names = [...used].filter((name) => brought.has(name) && !stated.has(name)).sort();
  const stem = (path: string) => path.replace(/\.[^./]+$/, "");
  const imported = newFiles(patch).filter((path) => {
    const last = stem(path).split("/").at(-1)!;
    return linesOf(testPatch, "+").includes(last) && !known.includes(path);
  });
  return [...names, ...imported];
}
