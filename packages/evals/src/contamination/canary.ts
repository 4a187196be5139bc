/** Canaries: lines such as "... canary GUID 26b5c67b-..." that sets of tasks carry, so that they are found in training text. */

const GUID = /canary[\w -]{0,20}:?\s{0,3}\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/gi;
/** Looked for before a canary that is found, not at every place of a corpus. */
const WORDS_BEFORE = /[\w -]{0,40}$/;

/** The canaries that a text has, each once, by their id in lower case. */
export function canariesIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { 0: line, 1: id, index } of text.matchAll(GUID)) {
    const [before] = WORDS_BEFORE.exec(text.slice(Math.max(0, index - 40), index))!;
    found.set(id!.toLowerCase(), (before + line).trim());
  }
  return found;
}
