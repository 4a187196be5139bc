/** The first states of the incremental parser: reasoning and content. */

import { betweenCalls } from "./call-states.js";
import { CALLS_START } from "./dsml-tags.js";
import { afterEnd } from "./end-states.js";
import { MARKUP_LEADS, UNMARKED_LEAD } from "./markup-dialects.js";
import { markupIn, type Place } from "./markup-states.js";
import { fail, type Parser, type State } from "./parser-state.js";
import { BOS, EOS, THINK_END, THINK_START } from "./special-tokens.js";

const afterLines = (leads: readonly string[]): string[] =>
  leads.flatMap((lead) => (lead.startsWith("</") ? [lead] : [`\n\n${lead}`, `\n${lead}`, lead]));

const PLAIN_STOPS = [THINK_END, THINK_START, BOS, EOS];
const MARKUP_STOPS = [THINK_END, THINK_START, ...afterLines(MARKUP_LEADS)];
const ALL_STOPS = [...MARKUP_STOPS, ...afterLines([UNMARKED_LEAD])];

/** What ends plain text in a lenient parse. Where nothing can be a call, markup is text like any other. */
function lenientStops({ policy }: Parser): readonly string[] {
  if (!policy.parses) return PLAIN_STOPS;
  return policy.knows ? ALL_STOPS : MARKUP_STOPS;
}

const TOKENS = [THINK_END, THINK_START, BOS, EOS];
const isMarkup = (stop: string | undefined): stop is string => stop !== undefined && !TOKENS.includes(stop);

export const reasoning: State = (parser) => {
  const { reader, out, lenient } = parser;
  const stops = lenient ? lenientStops(parser) : [THINK_END, CALLS_START];
  const ended = reader.stream(stops, (text) => out.addReasoning(text));
  if (ended === undefined) return "wait";
  const { stop } = ended;
  if (stop === THINK_END) return content;
  if (!lenient) return fail(parser, "thinking");
  if (isMarkup(stop)) return markupIn(parser, stop, IN_REASONING);
  return afterReasoningToken(parser, stop);
};

function afterReasoningToken({ out }: Parser, stop: string | undefined): ReturnType<State> {
  if (stop === THINK_START || stop === BOS) {
    out.addRepair(`removed ${stop} from the reasoning`);
    return reasoning;
  }
  out.addRepair("the reasoning was not closed; closed it");
  return stop === undefined ? "done" : afterEnd;
}

export const content: State = (parser) => {
  const { reader, out, lenient } = parser;
  const stops = lenient ? lenientStops(parser) : [EOS, CALLS_START];
  const ended = reader.stream(stops, (text) => out.addContent(text));
  if (ended === undefined) return "wait";
  const { stop } = ended;
  if (!lenient) {
    if (stop === EOS) return afterEnd;
    return stop === undefined ? fail(parser, "summary") : betweenCalls;
  }
  if (isMarkup(stop)) return markupIn(parser, stop, IN_CONTENT);
  return afterContentToken(parser, stop);
};

function afterContentToken(parser: Parser, stop: string | undefined): ReturnType<State> {
  const { out } = parser;
  if (stop === EOS) return afterEnd;
  if (stop === undefined) {
    if (parser.cut !== "stop") out.addRepair("the end-of-sentence token was missing");
    return "done";
  }
  if (stop === THINK_START && out.content === "" && out.reasoning === "") {
    out.addRepair("the content opened with reasoning; kept it as reasoning");
    return reasoning;
  }
  out.addRepair(`removed ${stop} from the content`);
  return content;
}

const IN_REASONING: Place = { isReasoning: true, back: reasoning, afterToken: afterReasoningToken };
const IN_CONTENT: Place = { isReasoning: false, back: content, afterToken: afterContentToken };
