/**
 * Terminal escaping: what a model, a tool or a file wrote cannot move the cursor, set a title, ask the terminal a question
 * (whose answer it would type into the shell) or turn the reading direction. Each such character is shown as a mark.
 */

/** All of C0 but tab and newline, DEL, and the carriage return of a Windows line end with it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /\r\n|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/**
 * C1 (which many terminals take for an escape sequence), separators a terminal may break lines at, what turns the reading
 * direction or shows nothing at all (bidi controls, zero-width spaces, tags), and halves of surrogate pairs. U+200C and
 * U+200D stay: Persian and emoji need them.
 */
const UNSEEN =
  /[\u0080-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Surrogate}]/gu;

const control = (found: string): string => {
  if (found === "\r\n") return "\n";
  const code = found.charCodeAt(0);
  return code === 0x7f ? "\u2421" : String.fromCharCode(0x2400 + code);
};

/** The text with visible marks for all that is not text: `␛` for ESC, `<U+202E>` for what has no picture of its own. */
export function visibleText(text: string): string {
  return text
    .replace(CONTROL, control)
    .replace(UNSEEN, (found) => `<U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}>`);
}

/** One line of JSON without a character a terminal could obey: they are written as JSON escapes. */
export function visibleJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, undefined, indent) ?? "null").replace(/\u007f/g, "\\u007f").replace(UNSEEN, (found) =>
    found
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
