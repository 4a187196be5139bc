/** JUnit: a test case for each sample. What was not measured is skipped, and an error where something broke. */

import type { Sample } from "../run/sample.js";
import type { RunExport } from "./run-export.js";

export const junit: RunExport = {
  name: "junit",
  description: "JUnit XML, for continuous integration",
  extension: ".xml",
  write({ header, samples }) {
    const count = (test: (sample: Sample) => boolean) => samples.filter(test).length;
    const failures = count(({ verdict }) => verdict === "wrong");
    const errors = count(({ reason }) => reason === "infrastructure");
    const skipped = count(({ verdict }) => verdict === "not measured") - errors;
    const time = samples.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      "<testsuites>",
      `  <testsuite name="${escaped(header.benchmark)}" tests="${samples.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${time}" timestamp="${header.createdAt}">`,
      ...samples.map((sample) => caseOf(header.model, sample)),
      "  </testsuite>\n</testsuites>\n",
    ].join("\n");
  },
};

function caseOf(model: string, { item, sample, verdict, reason, because, gold, answer, seconds }: Sample): string {
  const start = `    <testcase classname="${escaped(model)}" name="${escaped(`${item} #${sample}`)}" time="${seconds.toFixed(3)}"`;
  if (verdict === "right") return `${start}/>`;
  const tag = verdict === "wrong" ? "failure" : reason === "infrastructure" ? "error" : "skipped";
  const about = tag === "skipped" ? "" : ` type="${escaped(reason ?? verdict)}"`;
  const content = tag === "failure" ? escaped(`gold ${gold}, answer ${answer ?? "none"}`) : "";
  return `${start}>\n      <${tag} message="${escaped(reason ? `${reason}: ${because}` : because)}"${about}>${content}</${tag}>\n    </testcase>`;
}

/** XML has no control characters, not even as references. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML cannot hold
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[<>&"\n\t\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
