import fc from "fast-check";
import { expect, test } from "vitest";
import { bold, renderText, text } from "./styled-text.js";
import { visibleJson, visibleText } from "./visible-text.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const COMMANDS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

test("no character that a terminal obeys is left in any text, and all else stays as it is", () => {
  const unit = fc.oneof(fc.string({ unit: "binary" }), fc.integer({ min: 0, max: 0xffff }).map(String.fromCharCode));
  fc.assert(
    fc.property(fc.array(unit), (parts) => {
      const shown = visibleText(parts.join(""));
      expect(shown).not.toMatch(COMMANDS);
      expect(visibleText(shown)).toBe(shown);
      expect(shown.isWellFormed()).toBe(true);
    }),
  );
  const harmless = "tab\there\nCJK 深く潜る, 한국어, e\u0301, family 👨‍👩‍👧‍👦, עברית العربية │";
  expect(visibleText(harmless)).toBe(harmless);
});

test.each([
  ["a title", "\x1b]0;pwned\x07", "␛]0;pwned␇"],
  ["a query", "\x1b[6n", "␛[6n"],
  ["an 8-bit sequence", "\x9b2J\x9d52;c;ZXZpbA==\x9c", "<U+009B>2J<U+009D>52;c;ZXZpbA==<U+009C>"],
  ["a turned line", "pay \u202eevil\u202c", "pay <U+202E>evil<U+202C>"],
  ["hidden tags", "ok\u{e0041}", "ok<U+E0041>"],
  ["a line written over", "safe\rrm -rf", "safe␍rm -rf"],
  ["Windows line ends", "one\r\ntwo", "one\ntwo"],
  ["half a pair", "\ud83d!", "<U+D83D>!"],
])("%s is shown as marks", (_, given, shown) => {
  expect(visibleText(given)).toBe(shown);
});

test("JSON keeps its meaning and loses what a terminal would obey", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      const line = visibleJson({ value });
      expect(line).not.toMatch(COMMANDS);
      expect(JSON.parse(line)).toEqual({ value });
    }),
  );
});

test("styles are ours alone: what is put into styled text is escaped, with colours and without", () => {
  const shown = text`${bold("name \x1b[8m")} ${"\x1b[2J"} ${3}\n`;
  expect(renderText(shown, false)).toBe("name ␛[8m ␛[2J 3\n");
  expect(renderText(shown, true)).toBe("\x1b[1mname ␛[8m\x1b[22m ␛[2J 3\n");
});
