/**
 * States of a lenient parse where a text may turn into tool calls. Calls in the exact format are read as they come. All
 * else that looks like markup waits until it shows whether it is a call or was quoted: a quoted tag must never become a
 * call, and nobody can take back a call that was delivered.
 */

import { ChatError } from "../errors.js";
import { betweenCalls } from "./call-states.js";
import { CALLS_OPEN, CALLS_START, INVOKE_OPEN, V4_CALLS_OPEN } from "./dsml-tags.js";
import { afterEnd } from "./end-states.js";
import { judgeMarkup, startsCall, type Verdict } from "./judge-markup.js";
import { findMarkup, type MarkupStart, translate, withoutUnfinished } from "./markup-dialects.js";
import { parseMessageFromCompletionText } from "./parse-message.js";
import type { HeldMarkup, Parser, Place, State } from "./parser-state.js";
import { repairInvoke } from "./repair-states.js";
import { BOS, EOS, THINK_END } from "./special-tokens.js";
import type { TextReader } from "./text-reader.js";

export type { Place };

/** After so much quoted markup the rest is taken for text, too: a text of nothing else must not cost time squared. */
const MAX_QUOTED = 64;

/** The state after `stop`, which may be the start of markup, of a special token, or of neither. */
export function markupIn(parser: Parser, stop: string, place: Place): ReturnType<State> {
  parser.reader.unread(stop);
  return markup(stop.slice(0, stop.indexOf("<")), place);
}

function markup(lead: string, place: Place): State {
  return (parser) => {
    const { reader } = parser;
    const text = reader.rest.slice(lead.length);
    const token = [EOS, BOS].find((special) => text.startsWith(special));
    if (token !== undefined) {
      addText(parser, place, lead);
      reader.consume(lead.length + token.length);
      return place.afterToken(parser, token);
    }
    const start = findMarkup(text);
    if (start === "wait" || [EOS, BOS].some((special) => special.startsWith(text))) {
      return reader.ended ? unfinished(parser, lead, place) : "wait";
    }
    if (start === undefined || parser.quoted >= MAX_QUOTED) return asText(parser, lead, place);
    parser.held = { start, lead, place, lookAt: 0 };
    return opensExactly(parser, parser.held) ? exact : held;
  };
}

function addText({ out }: Parser, { isReasoning }: Place, text: string): void {
  if (isReasoning) out.addReasoning(text);
  else out.addContent(text);
}

/** What looked like the start of a tag is text, its first character at least. */
function asText(parser: Parser, lead: string, place: Place): State {
  const length = lead.length + 1;
  addText(parser, place, parser.reader.rest.slice(0, length));
  parser.reader.consume(length);
  return place.back;
}

/** The start of a tag where a text was cut is no text: sent back, it would be read as markup. */
function unfinished(parser: Parser, lead: string, place: Place): State {
  const { reader, out } = parser;
  const { rest } = reader;
  // Two characters of ASCII are more often code.
  if (/<\/?\|?$/.test(rest)) return asText(parser, lead, place);
  out.cutTag(rest);
  reader.consume(rest.length);
  return place.back;
}

/** Whether a block stands where calls stand: after the reasoning, on a line of its own, outside a code fence. */
function opensExactly({ out, policy }: Parser, { start, lead, place }: HeldMarkup): boolean {
  if (place.isReasoning || (start.tag !== CALLS_OPEN && start.tag !== V4_CALLS_OPEN)) return false;
  if ((lead !== "\n\n" || !policy.trustsText) && out.content.trim() !== "") return false;
  return out.content.split("```").length % 2 === 1;
}

/** A block that looks exact: its calls are read as they come once the first has a name that may be called. */
const exact: State = (parser) => {
  const { reader, out, policy, held: found } = parser;
  if (found === undefined) return held;
  const opening = found.lead.length + found.start.tag.length;
  const begins = startsCall(reader.rest.slice(opening, opening + 512), (name) => policy.streams(name));
  if (begins === "wait" && !reader.ended) return "wait";
  if (begins !== true) return held;
  reader.consume(opening);
  if (found.lead !== "\n\n") out.addRepair("the function calls did not start after an empty line");
  if (found.start.tag !== CALLS_OPEN) out.addRepair("the block of calls had DeepSeek-V4's name");
  return betweenCalls;
};

/** Holds markup back until it shows what it is. */
const held: State = (parser) => {
  const { reader, held: found } = parser;
  if (found === undefined) return "done";
  if (!reader.ended && reader.rest.length < found.lookAt) return "wait";
  if (reader.ended) return settle(parser, found);
  if (judge(reader, found) === "text") return quoted(parser, found);
  // Looking at every character again would take time squared.
  found.lookAt = reader.rest.length * 1.25 + 16;
  return "wait";
};

function judge({ rest, ended }: TextReader, { start, lead }: HeldMarkup): Verdict {
  const own = translate(withoutUnfinished(rest.slice(lead.length)), start);
  return judgeMarkup(own, { ownLine: lead === "\n\n", ended });
}

function quoted(parser: Parser, { lead, place }: HeldMarkup): State {
  parser.quoted++;
  return asText(parser, lead, place);
}

/** The text has ended: the markup is calls, quoted, or was cut off. */
function settle(parser: Parser, found: HeldMarkup): ReturnType<State> {
  const { reader } = parser;
  const text = reader.rest;
  if (isExact(text, found)) {
    reader.consume(CALLS_START.length);
    return betweenCalls;
  }
  const verdict = judge(reader, found);
  const wasCut = !text.includes(EOS);
  if (verdict === "text" || (verdict === "open" && !wasCut)) return quoted(parser, found);
  closeReasoning(parser, found);
  if (verdict === "calls" || (verdict === "open" && parser.cut === undefined && found.start.kind === "block")) {
    return recover(parser, found);
  }
  return leaveOut(parser, { isCut: wasCut && found.start.kind !== "close" });
}

/** Takes out markup that makes no call: tags that stand alone, or a call that was cut before it began. */
function leaveOut({ reader, out }: Parser, { isCut }: { isCut: boolean }): State | "done" {
  const [tags = ""] = reader.rest.split(EOS, 1);
  if (isCut) out.cutTag(tags);
  else out.addRepair(`left out tool-call tags without a call: ${JSON.stringify(tags)}`);
  reader.consume(tags.length);
  if (reader.rest === "") return "done";
  reader.consume(EOS.length);
  return afterEnd;
}

/** Whether the strict parser, and so the model's own format, has calls here. */
function isExact(text: string, { lead, start, place }: HeldMarkup): boolean {
  if (place.isReasoning || lead !== "\n\n" || start.tag !== CALLS_OPEN) return false;
  try {
    parseMessageFromCompletionText(text, { thinkingMode: "chat" });
    return true;
  } catch (error) {
    if (error instanceof ChatError) return false;
    throw error;
  }
}

function closeReasoning({ out }: Parser, { place }: HeldMarkup): void {
  if (place.isReasoning) out.addRepair("the reasoning was not closed; closed it");
}

/** The reasoning may be closed only after the calls in it. */
const LATE_THINK_END = new RegExp(`${THINK_END}(?=\\s*(?:${EOS}|$))`, "g");

/** Reads held markup as the calls it is, in V3.2's own tags. */
function recover(parser: Parser, { start, lead }: HeldMarkup): State {
  const { reader, out } = parser;
  const own = translate(reader.rest.slice(lead.length), start).replace(LATE_THINK_END, "");
  if (own !== reader.rest.slice(lead.length)) out.addRepair(`read calls that were written with ${dialect(start)}`);
  reader.consume(reader.rest.length);
  out.recovered = true;
  const isBlock = own.startsWith(CALLS_OPEN);
  reader.unread(own.slice((isBlock ? CALLS_OPEN : INVOKE_OPEN).length));
  if (!isBlock) out.addRepair("the function_calls tag before a call was missing");
  else if (lead !== "\n\n") out.addRepair("the function calls did not start after an empty line");
  return isBlock ? betweenCalls : repairInvoke;
}

const dialect = ({ tag }: MarkupStart): string => JSON.stringify(tag);
