import fc from "fast-check";
import { expect, test } from "vitest";
import { insertLines, readable, replaceOnce } from "./edit-bytes.js";

const latin1 = (text: string) => Buffer.from(text, "latin1");
const show = (data: Buffer) => data.toString("latin1");

/** Bytes without zero, and without the letter that marks the place of an edit. */
const bytes = fc
  .uint8Array({ maxLength: 60 })
  .map((array) => Buffer.from(array.map((byte) => (byte === 0 || byte === 0x40 ? 0x20 : byte))));

test("replacing changes the bytes of the text and no others, in any encoding", () => {
  fc.assert(
    fc.property(bytes, bytes, fc.stringMatching(/^[ -~]{0,9}$/), (before, after, added) => {
      const { data } = replaceOnce(Buffer.concat([before, Buffer.from("@here@"), after]), "@here@", added, "x");
      expect(data).toEqual(Buffer.concat([before, Buffer.from(added), after]));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("inserting keeps every byte there was, on both sides of what is new", () => {
  fc.assert(
    fc.property(bytes, fc.nat(6), (content, line) => {
      const count = readable(content).lines.length;
      fc.pre(line <= count && content.length > 0);
      const { data } = insertLines(content, line, "@new@", "x");
      const [text, old] = [show(data), show(content)];
      let same = 0;
      while (same < old.length && text[same] === old[same]) same++;
      expect(text.endsWith(old.slice(same))).toBe(true);
      expect(text).toContain("@new@");
      expect(data.length - content.length).toBeLessThanOrEqual(7);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test.each([
  ["LF that stands for CRLF", "a\r\nb\r\nc\r\n", "a\nb", "x\ny", "x\r\ny\r\nc\r\n"],
  ["a break at the beginning", "a\r\nb\r\n", "\nb", "\nc", "a\r\nc\r\n"],
  ["a break at the end", "a\r\nb\r\n", "a\n", "z\n", "z\r\nb\r\n"],
  ["a new break in a line of a CRLF file", "a\r\nb\r\n", "b", "b\nc", "a\r\nb\r\nc\r\n"],
  ["CRLF given for CRLF", "a\r\nb\r\n", "a\r\nb", "x\r\ny", "x\r\ny\r\n"],
  ["CRLF given for LF", "a\nb\n", "a\r\nb", "c", "c\n"],
  ["a region of a mixed file", "a\nb\nc\r\nd\r\ne\r\n", "a\nb", "x\ny", "x\ny\nc\r\nd\r\ne\r\n"],
  ["a byte order mark stays", "\xEF\xBB\xBFone\n", "one", "two", "\xEF\xBB\xBFtwo\n"],
  ["characters of patterns", "a.*[b]\\n$1\n", ".*[b]\\n$1", "$&", "a$&\n"],
  ["no line end at the end", "a\r\nb", "b", "c", "a\r\nc"],
])("%s", (_, content, old, added, expected) => {
  expect(show(replaceOnce(latin1(content), old, added, "x").data)).toBe(expected);
});

test("text that is not there, or not once, is refused with what to do", () => {
  expect(() => replaceOnce(latin1("aaa"), "aa", "b", "x")).toThrow("occurs 2 times in x; give more");
  expect(() => replaceOnce(latin1("a\r\na\n"), "a\n", "b", "x")).toThrow("occurs 2 times");
  expect(() => replaceOnce(latin1("a\r\n\r\nb\r\n"), "\n\n", "\n", "x")).not.toThrow();
  expect(() => replaceOnce(latin1("caf\xe9"), "café", "b", "x")).toThrow(/it is not UTF-8, so leave out/);
  expect(() => replaceOnce(latin1("caf\xe9 x"), "x", "é", "x")).toThrow(/ASCII characters only; convert it with iconv/);
  expect(() => insertLines(latin1("\xff\n"), 1, "é", "x")).toThrow("ASCII");
  expect(() => insertLines(latin1("a\n"), 2, "b", "x")).toThrow("insert_line is 2, but x has 1 lines");
});

test.each([
  ["a\r\nb\r\n", 1, "x\ny", "a\r\nx\r\ny\r\nb\r\n"],
  ["a\r\nb", 2, "x", "a\r\nb\r\nx"],
  ["\xEF\xBB\xBFa\n", 0, "x", "\xEF\xBB\xBFx\na\n"],
  ["\xEF\xBB\xBF", 0, "x", "\xEF\xBB\xBFx\n"],
  ["", 0, "x\n", "x\n"],
  ["a", 0, "x", "x\na"],
  ["\xe9\n", 1, "x", "\xe9\nx\n"],
  ["\n\n", 1, "", "\n\n\n"],
])("%j: after line %i comes %j", (content, after, added, expected) => {
  expect(show(insertLines(latin1(content), after, added, "x").data)).toBe(expected);
});

test("a reader sees lines without marks and carriage returns, and is told of them", () => {
  expect(readable(latin1("\xEF\xBB\xBFa\r\nb\r\n"))).toEqual({
    lines: ["a", "b"],
    notes: ["Lines end with CRLF; edits keep that."],
  });
  expect(readable(latin1("caf\xe9\n"))).toEqual({
    lines: ["caf\uFFFD"],
    notes: [expect.stringContaining("not UTF-8")],
  });
});
