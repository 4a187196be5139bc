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

const TOKENS = new RegExp([BOS, EOS, THINK_START, THINK_END].join("|"), "g");

/** Appends misplaced text to the content and reports it. Tokens in it are removed, blank text is only reported. */
export function moveToContent({ out }: Parser, text: string, what: string): void {
  const clean = text.replace(TOKENS, (token) => {
    out.addRepair(`removed ${token} from ${what}`);
    return "";
  });
  if (clean.trim() === "") {
    if (clean !== "") out.addRepair(`ignored ${what}: ${JSON.stringify(clean)}`);
    return;
  }
  out.addRepair(`moved ${what} to the content`);
  out.addContent(clean);
}
