import { describe, expect, it } from "vitest";
import { changelogEntry, withoutPointers } from "./changelog.js";
import { hiddenNames } from "./hidden-names.js";
import { statementOf } from "./write-prompt.js";

const LOG = `# Changelog

## [1.2.1](https://example.org) - 2024-01-02
- [Fix] \`parse\`: keep empty keys (#123)
- [Dev Deps] update tape
- v1.2.1

## 1.2.0
- [New] something else
`;

describe("changelog", () => {
  it("gives the entry of a version and of no other", () => {
    expect(changelogEntry(LOG, "1.2.1")).toBe("- [Fix] `parse`: keep empty keys");
    expect(changelogEntry(LOG, "1.2.0")).toBe("- [New] something else");
  });

  it.each(["1.2", "11.2.1", "2.0.0"])("has nothing for %s", (version) => {
    expect(changelogEntry(LOG, version)).toBeUndefined();
  });

  it("drops what points at the answer", () => {
    const text =
      "Fixes #12. See https://example.org/x\n\nSigned-off-by: A <a@example.org>\nKeep `x` (closes #3), 0123456789012345678901234567890123456789";
    expect(withoutPointers(text)).not.toMatch(/#\d|https|Signed|0123456789/);
  });
});

describe("statement", () => {
  it("prefers an issue, then a telling commit, then the changelog", () => {
    const commit = { subject: "Keep empty keys in objects", body: "" };
    expect(statementOf({ issue: { title: "Empty keys", body: "are lost" }, commit }, "x").source).toBe("issue");
    expect(statementOf({ commit, changelog: "- keep keys" }, "x").source).toBe("commit");
    expect(statementOf({ commit: { subject: "v1.2", body: "" }, changelog: "- keep keys" }, "x").source).toBe(
      "changelog",
    );
    expect(statementOf({}, "x").source).toBe("generated");
  });
});

describe("hidden names", () => {
  const patch =
    "diff --git a/lib/new-file.js b/lib/new-file.js\nnew file mode 100644\n--- /dev/null\n+++ b/lib/new-file.js\n@@ -0,0 +1 @@\n+exports.decodeKeys = strict;\n";
  const testPatch =
    "--- a/test/a.js\n+++ b/test/a.js\n@@ -1 +1,2 @@\n+const x = require('../lib/new-file');\n+x.decodeKeys(known);\n";

  it("are those that tests use and only the patch brings", () => {
    expect(hiddenNames(testPatch, patch, "known text")).toEqual(["decodeKeys", "lib/new-file.js"]);
  });

  it("are none when the prompt states them", () => {
    expect(hiddenNames(testPatch, patch, "call decodeKeys of lib/new-file.js")).toEqual([]);
  });
});
