/** Prompt of a code task: what an issue, a changelog or a commit says, and how the work is judged. */

import { type ChatModel, collectMessage } from "@cachalot/chat";
import type { CandidateTexts } from "../candidates/candidate.js";
import { withoutPointers } from "./changelog.js";

export interface PromptParts {
  /** What is wanted. */
  statement: string;
  source: "issue" | "changelog" | "commit" | "generated";
}

/** The best text there is. Issue before changelog before commit; where all are silent it is said so. */
export function statementOf(texts: CandidateTexts, name: string): PromptParts {
  const { issue, changelog, commit } = texts;
  const clean = (...parts: string[]) => withoutPointers(parts.join("\n\n"));
  if (issue) return { source: "issue", statement: clean(issue.title, issue.body) };
  const words = commit && clean(commit.subject, commit.body);
  if (words && words.split(/\s+/).length >= 3) return { source: "commit", statement: words };
  if (changelog) return { source: "changelog", statement: changelog };
  if (words) return { source: "commit", statement: words };
  return {
    source: "generated",
    statement: `The tests of the next version of ${name} pass; some of them fail on this version.`,
  };
}

export interface PromptDetails {
  language: string;
  name: string;
  statement: string;
  /** Tests that fail now, "suite > test". */
  failing: readonly string[];
  /** Names that tests use and nothing else states. */
  names: readonly string[];
}

/** Tests that a prompt names. */
const MAX_LISTED = 15;

const list = (items: readonly string[]) => items.map((item) => `- \`${item}\``).join("\n");

export function writePrompt({ language, name, statement, failing, names }: PromptDetails): string {
  const said = statement
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
  const stated = names.length === 0 ? "" : `\nThe tests use these names, which are yours to add:\n\n${list(names)}\n`;
  const rest = failing.length - MAX_LISTED;
  const more = rest > 0 ? `\nand ${rest} more in the same files.\n` : "";
  return `The folder \`/app/repo\` holds the ${language} project \`${name}\`. Change its sources so that this holds:

${said}

Your work is judged by tests that you do not see. These fail now and must pass:

${list(failing.slice(0, MAX_LISTED))}
${more}${stated}
They replace the files of the same names. What works now must go on working. There is no network; everything the tests need is
installed.
`;
}

/** More than this is no statement. */
const MAX_STATEMENT = 3000;

/**
 * A statement in a model's words. The patch is shown to it so that nothing wrong is asked for; what it writes must not hold a
 * line of it, else the statement stays as it was.
 */
export async function rewritten(
  statement: string,
  patch: string,
  model: ChatModel,
  signal: AbortSignal,
): Promise<string> {
  const request =
    "Rewrite this as an issue that a user of the project would write: what goes wrong, how to see it, what is expected. State " +
    `every name a test could need. Do not tell how to mend it.\n\n${statement}\n\nThe change that mended it:\n\n${patch.slice(0, 6000)}`;
  const { message } = await collectMessage(model.generate({ messages: [{ role: "user", content: request }], signal }));
  const written = (message.content ?? "").trim();
  const secret = patch.split("\n").filter((line) => /^\+(?!\+\+ )/.test(line) && line.trim().length > 12);
  const leaks = secret.some((line) => written.includes(line.slice(1).trim()));
  return written === "" || written.length > MAX_STATEMENT || leaks ? statement : written;
}
