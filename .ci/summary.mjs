// The last line of a run of .ci/run: how many tests passed and failed, counted from vitest's own JSON reports.
//   node .ci/summary.mjs EXIT_STATUS FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [status, folder] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort()) {
  const report = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  // A file that could not be loaded has no tests, and is a failure all the same.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.length,
  );
  const failed = report.numFailedTests + broken.length;
  console.log(`${file.replace(".json", "")}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
// A step that is no test (an install, lint, types, the clean tree) can fail, too.
if (status !== "0" && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
