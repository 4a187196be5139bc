/** The last state of the incremental parser, and the cleaning of text that a lenient parse moves to the content. */

import { fail, type Parser, type State } from "./parser-state.js";
import { BOS, EOS, THINK_END, THINK_START } from "./special-tokens.js";

/** After the end-of-sentence token nothing may follow. */
export const afterEnd: State = (parser) => {
  const { reader } = parser;
  if (!parser.lenient) {
    if (reader.rest !== "") return fail(parser, "atEnd");
    return reader.ended ? "done" : "wait";
  }
  if (!reader.ended) return "wait";
  if (reader.rest !== "") {
    moveToContent(parser, reader.rest, "text after the end-of-sentence token");
    reader.consume(reader.rest.length);
  }
  return "done";
};

const TOKENS = [BOS, EOS, THINK_START, THINK_END].join("|");
const TOKEN = new RegExp(TOKENS, "g");
/** Tags of tool calls, too, and one that is cut at the end. */
const TOKEN_OR_TAG = new RegExp(`${TOKENS}|</?｜DSML｜[^<>]{0,200}>?|｜DSML｜|</?｜[^<>]{0,40}$`, "g");
/** Taking a token out may join the pieces of another. */
const PASSES = 3;

/** Appends misplaced text to the content and reports it. Tokens and tags in it are removed, blank text is only reported. */
export function moveToContent({ out, policy }: Parser, text: string, what: string): void {
  let clean = text;
  for (let pass = 0; pass < PASSES; pass++) {
    clean = clean.replace(policy.parses ? TOKEN_OR_TAG : TOKEN, (token) => {
      out.addRepair(`removed ${token} from ${what}`);
      return "";
    });
  }
  if (clean.trim() === "") {
    if (clean !== "") out.addRepair(`ignored ${what}: ${JSON.stringify(clean)}`);
    return;
  }
  out.addRepair(`moved ${what} to the content`);
  out.addContent(clean);
}

/** Reports markup that is of no use and belongs into no text. */
export function leaveOut({ out }: Parser, markup: string, what: string): void {
  out.addRepair(`left out ${what}: ${JSON.stringify(markup)}`);
}
