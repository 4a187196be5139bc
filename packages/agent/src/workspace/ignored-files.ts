/** .gitignore: what a project's own rules leave out of it is neither given to an agent nor taken from it. */

import { existsSync, lstatSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ignoreModule, { type Ignore } from "ignore";

// A CommonJS module whose types say it is none.
const ignore = ignoreModule.default;

/** Never part of a workspace: git's own files, which a program of the user would run or believe, and kept runs. */
const PRIVATE = new Set([".git", ".cachalot"]);

interface Rules {
  /** Directory of the .gitignore. */
  at: string;
  rules: Ignore;
}

/** The directory that holds .git, above `directory` or it itself. */
function repositoryOf(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Tells which paths of a directory are left out: by its .gitignore files, those of the repository around it, and always
 * `.git` and `.cachalot`. As in git, a path below one that is left out cannot be taken back.
 *
 * @param include names or paths that are taken although they are ignored
 */
export function ignoredFiles(
  directory: string,
  include: readonly string[] = [],
): (path: string, isDirectory?: boolean) => boolean {
  const root = resolve(directory);
  const top = repositoryOf(root) ?? root;
  const taken = ignore().add([...include]);
  const known = new Map<string, Ignore | undefined>();

  function rulesAt(at: string): Ignore | undefined {
    if (!known.has(at)) {
      const file = join(at, ".gitignore");
      // A link may lead anywhere: it is no rule file, as for git.
      const there = lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
      known.set(at, there ? ignore().add(readFileSync(file, "utf8")) : undefined);
    }
    return known.get(at);
  }

  /** Rule files from the top of the repository down to the directory that holds a path. */
  function rulesFor(path: string): Rules[] {
    const found: Rules[] = [];
    for (let at = dirname(path); ; at = dirname(at)) {
      const rules = rulesAt(at);
      if (rules) found.unshift({ at, rules });
      if (at === top || dirname(at) === at) return found;
    }
  }

  return (path, isDirectory) => {
    if (path.split("/").some((name) => PRIVATE.has(name.toLowerCase()))) return true;
    const absolute = join(root, path);
    // A path that is not there is what the caller says it will be.
    const directory = isDirectory ?? lstatSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const slash = directory ? "/" : "";
    if (include.length > 0 && taken.ignores(path + slash)) return false;
    let ignored = false;
    for (const { at, rules } of rulesFor(absolute)) {
      const own = relative(at, absolute).split(sep).join("/") + slash;
      const verdict = rules.test(own);
      if (verdict.ignored) ignored = true;
      if (verdict.unignored) ignored = false;
    }
    return ignored;
  };
}
