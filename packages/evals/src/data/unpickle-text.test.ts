import { expect, test } from "vitest";
import { unpackText } from "./unpickle-text.js";

// base64(zlib(pickle.dumps(...))) of Python 3.11.
const CASES =
  "eJxrYJnayAABPbXR1UqZeQWlJUpWCkpGMXnGCiYxeUo6Ckr5pSVQUXOIQElqcUlJZUEqSKi4JCUzT6lWRwFJs2FMnq6hnqkBunaQIA79sVP0ANVrKKU=";
const CALL = "eJxrYJkqzwABPawF+cWZFVN62Iori0tSc6dMntLDUlJUmjqldUrQFD0AA2gOlA==";

test("a packed string is read", () => {
  expect(JSON.parse(unpackText(CASES))).toEqual([
    { input: "2\n3 4\n", output: "7\n", testtype: "stdin" },
    { input: "1\n-1.50\n", output: "-1.5", testtype: "stdin" },
  ]);
});

test("a pickle that would run something is refused, and whatever is none", () => {
  expect(() => unpackText(CALL)).toThrow(/is not of a string/);
  expect(() => unpackText("bm90aGluZw==")).toThrow();
  expect(() => unpackText(CASES.slice(0, 40))).toThrow();
});
