/** A guide as steps: what a reader of `docs/guides/*.md` writes into files, changes in files, and runs. */

export type GuideStep =
  | { kind: "file"; path: string; text: string }
  | { kind: "change"; path: string; diff: string }
  /** `output`: what the guide shows below the command; undefined where it shows nothing. */
  | { kind: "run"; command: string; output: string | undefined };

/**
 * Reads a guide. A code block is a file when the line before it has the file's path in backticks (the last ones) and ends with a colon; a
 * `diff` block changes that file; lines of a `console` block that begin with `$ ` are run, and print what
 * stands below them.
 */
export function readGuide(markdown: string): GuideStep[] {
  const blocks = markdown.matchAll(/(?:`([^`\n]+)`[^`\n]*:\n\n)?^```(\w+)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, path, language, text]): GuideStep[] => {
    if (language === "console")
      return [...text!.matchAll(/^\$ (.*)\n((?:[^$].*\n)*)/gm)].map(([, command, output]) => ({
        ...{ kind: "run", command: command! },
        output: output || undefined,
      }));
    if (path === undefined) return [];
    return language === "diff" ? [{ kind: "change", path, diff: text! }] : [{ kind: "file", path, text: text! }];
  });
}

/**
 * Applies a diff without line numbers: its context and removed lines must stand together in the text exactly once; `@@` lines
 * part what stands in different places.
 * @throws Error that names the lines that were not found, or found twice
 */
export function applyDiff(text: string, diff: string): string {
  return diff
    .split(/^@@.*\n/m)
    .filter((hunk) => hunk.trim() !== "")
    .reduce(applyHunk, text);
}

function applyHunk(text: string, hunk: string): string {
  const lines = hunk.replace(/\n$/, "").split("\n");
  const before = lines.filter((line) => !line.startsWith("+")).map((line) => line.slice(1));
  const after = lines.filter((line) => !line.startsWith("-")).map((line) => line.slice(1));
  const all = text.split("\n");
  const places = all.flatMap((_, at) => (before.every((line, i) => all[at + i] === line) ? [at] : []));
  if (places.length !== 1) throw new Error(`found ${places.length} times, not once:\n${before.join("\n")}`);
  all.splice(places[0]!, before.length, ...after);
  return all.join("\n");
}
