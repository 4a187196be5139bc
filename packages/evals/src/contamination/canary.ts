/** Canaries: lines such as "... canary GUID 26b5c67b-..." that sets of tasks carry, so that they are found in training text. */

const GUID = /[\w -]{0,40}canary[\w -]{0,20}:?\s{0,3}\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/gi;

/** The canaries that a text has, each once, by their id in lower case. */
export function canariesIn(text: string): Map<string, string> {
  return new Map(Array.from(text.matchAll(GUID), ([line, id]) => [id!.toLowerCase(), line.trim()]));
}
