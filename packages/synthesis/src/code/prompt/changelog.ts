/** Changelog: the entry of a version, without what points at the answer. */

export const findChangelog = (paths: readonly string[]): string | undefined =>
  paths.find((path) => /^(changelog|changes|history|news|releases?)(\.(md|markdown|txt|rst))?$/i.test(path));

const HEADING = /^(#{1,4} |=+$|-{3,}$|v?\d+\.\d+)/;

/** The lines below a version's heading, at most 2,000 characters; undefined where there are none. */
export function changelogEntry(text: string, version: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const named = new RegExp(`(^|[^\\d.])v?${version.replaceAll(".", "\\.")}([^\\d.]|$)`);
  const start = lines.findIndex((line) => named.test(line) && (HEADING.test(line) || /^[*_[]/.test(line)));
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const isHeading = (line: string) =>
    /^(#{1,4} |\*\*|\[?)?v?\d+\.\d+\.\d+/.test(line) || /^#{1,2} .*\d+\.\d+/.test(line);
  const end = rest.findIndex(isHeading);
  return withoutPointers(rest.slice(0, end < 0 ? undefined : end).join("\n")) || undefined;
}

/** Lines of a release that say nothing about what the software does. */
const HOUSEKEEPING =
  /^\s*[-*]\s*(\[(dev deps|deps|tests?|actions|meta|readme|docs|eslint|robustness)\b|merge\b|only apps|bump\b|update deps|v?\d+\.\d+\.\d+\s*$|$)|^[-=]{3,}$|^#+ (merged|fixed|commits)$/i;

/** Text without links, hashes of commits, numbers of issues, and releases' housekeeping. */
export function withoutPointers(text: string): string {
  const plain = text
    .replace(/\[`?([0-9a-f]{7,40})`?\]\([^)]*\)|\b[0-9a-f]{40}\b|`[0-9a-f]{7,12}`/g, "")
    .replace(/`#\d+`/g, "")
    .replace(/ ?\(?(\b(fix(es|ed)?|close[sd]?|resolve[sd]?|refs?|see)\b:?\s*)?\[?#\d+\]?(\([^)]*\))?\)?/gi, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/https?:\/\/\S+/g, "")
    .replace(/^(signed-off-by|co-authored-by|reviewed-by|change-id):.*$/gim, "");
  const lines = plain.split("\n").map((line) => line.trimEnd());
  const kept = lines.filter((line) => !HOUSEKEEPING.test(line));
  return kept
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .slice(0, 2000);
}

/** The lines that a commit adds to a changelog. */
export function changelogEntryOfDiff(patch: string): string | undefined {
  const file = patch.split(/^diff --git /m).find((part) => findChangelog([/^a\/(\S+)/.exec(part)?.[1] ?? ""]));
  const lines = file?.split("\n").filter((line) => /^\+(?!\+\+ )/.test(line) && !HEADING.test(line.slice(1)));
  return (lines && withoutPointers(lines.map((line) => line.slice(1)).join("\n"))) || undefined;
}
