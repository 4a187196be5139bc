import {
  DOCTOR_RULES,
  diagnoseRequest,
  ENDPOINT_PROFILES,
  type EndpointProfileName,
  type Finding,
} from "@cachalot/chat";
import { Command, Option } from "commander";
import { readJson } from "../read-input.js";
import { out } from "../terminal/output.js";
import { type StyledText, text, yellow } from "../terminal/styled-text.js";

interface DoctorFlags {
  profile: EndpointProfileName;
  speciale?: true;
  json?: true;
}

const width = Math.max(...DOCTOR_RULES.map(({ id }) => id.length));
const RULES = DOCTOR_RULES.map(({ id, about }) => `  ${id.padEnd(width)}  ${about}`).join("\n");

/** `request.json:3: missing-reasoning: messages[3].reasoning_content: what; fix` */
function line(file: string, { index, rule, path, message }: Finding): StyledText {
  const place = index === undefined ? file : `${file}:${index}`;
  return text`${place}: ${yellow(rule)}: ${path}: ${message}\n`;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .summary("lint a captured chat request")
    .description("Says which message of a request breaks which rule of V3.2's contract, and how to fix it.")
    .argument("<request>", "JSON file with the body of a chat request, or its messages; - reads standard input")
    .addOption(
      new Option("--profile <host>", "where the request was to go")
        .choices(Object.keys(ENDPOINT_PROFILES))
        .default("generic"),
    )
    .option("--speciale", "the model is DeepSeek-V3.2-Speciale")
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      `\nOne line a finding, FILE:MESSAGE: RULE: FIELD: what is wrong; how to fix it. Messages count from 0, as in the
errors of hosts. Exit status 1 when there is a finding.

Examples:
  cachalot doctor request.json --profile deepseek
  jq .body log.json | cachalot doctor - --json

Rules:\n${RULES}`,
    )
    .action(async (path: string, flags: DoctorFlags) => {
      const findings = diagnoseRequest(await readJson(path), {
        profile: flags.profile,
        ...(flags.speciale ? { speciale: true } : {}),
      });
      if (flags.json) out.json(findings, 2);
      else for (const finding of findings) out.print(line(path, finding));
      if (findings.length > 0) process.exitCode = 1;
      else if (!flags.json) out.print(`${path}: nothing found\n`);
    });
}
