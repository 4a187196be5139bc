// The last lines of a run of .ci/run, from vitest's own JSON reports: the tests that failed and why, the slowest files, and how many tests
// passed and failed.
//   node .ci/summary.mjs EXIT_STATUS FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [status, folder] = process.argv.slice(2);
const SLOWEST = 12;
/** @type {{ file: string, seconds: number }[]} */
const files = [];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort()) {
  const report = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + report.testResults.filter(isBroken).length;
  for (const result of report.testResults) tell(result);
  console.log(`${file.replace(".json", "")}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
files.sort((a, b) => b.seconds - a.seconds);
console.log(
  `slowest: ${files
    .slice(0, SLOWEST)
    .map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`)
    .join(", ")}`,
);
// A step that is no test (an install, lint, types, the clean tree) can fail, too.
if (status !== "0" && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

/** A file that could not be loaded has no tests, and is a failure all the same. */
function isBroken({ status, assertionResults }) {
  return status === "failed" && assertionResults.length === 0;
}

/** A file's failures, the first line of each reason, and its time. */
function tell(result) {
  const { name, message, startTime, endTime, assertionResults } = result;
  const file = name.slice(name.search(/(packages|recipes|test)\//));
  files.push({ file, seconds: (endTime - startTime) / 1000 });
  if (isBroken(result)) console.log(`failed: ${file}: ${firstLine(message)}`);
  for (const { status, fullName, failureMessages } of assertionResults)
    if (status === "failed") console.log(`failed: ${file}: ${fullName}: ${firstLine(failureMessages[0])}`);
}

/** @param {string | undefined} text */
function firstLine(text = "") {
  return text.split("\n", 1)[0];
}
