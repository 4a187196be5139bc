/**
 * States of a lenient parse inside function calls once the exact format is broken. Any tag ends what is open, blank
 * space between tags is free, and text that has no place goes to the content. Every departure is reported.
 */

import {
  CALLS_CLOSE,
  CALLS_OPEN,
  INVOKE_CLOSE,
  INVOKE_OPEN,
  PARAMETER_CLOSE,
  PARAMETER_OPEN,
  V4_CALLS_CLOSE,
  V4_CALLS_OPEN,
} from "./dsml-tags.js";
import { afterEnd, leaveOut, moveToContent } from "./end-states.js";
import { addValue, closeValue, isJson, objectKeys, openValue } from "./parameter-value.js";
import type { Parser, State } from "./parser-state.js";
import { INVOKE_HEADER } from "./patterns.js";
import { EOS } from "./special-tokens.js";

const OPENS = [CALLS_OPEN, V4_CALLS_OPEN];
const CLOSES = [CALLS_CLOSE, V4_CALLS_CLOSE];

const quote = (text: string): string => JSON.stringify(text);

/** The text between two tags: the rest of the first tag (`>`) and blank space, or something misplaced. */
function gap(parser: Parser, text: string): void {
  const inner = text.replace(/^>/, "");
  if (text === "" || text === ">\n") return;
  if (inner.trim() === "") parser.out.addRepair(`accepted ${quote(text)} between tool-call tags instead of ">\\n"`);
  else moveToContent(parser, inner, "text between tool-call tags");
}

export const repairBetweenCalls: State = (parser) => {
  const { reader, out } = parser;
  const taken = reader.take([INVOKE_OPEN, INVOKE_CLOSE, ...CLOSES, ...OPENS, EOS]);
  if (taken === undefined) return "wait";
  gap(parser, taken.before);
  switch (taken.stop) {
    case INVOKE_OPEN:
      return repairInvoke;
    case CALLS_CLOSE:
    case V4_CALLS_CLOSE:
      return repairAfterCalls;
    case EOS:
      out.addRepair("the function calls were not closed; closed them");
      return afterEnd;
    case undefined:
      out.addRepair("the text ended before the function calls were closed");
      if (parser.cut !== undefined && taken.before.includes("<")) out.cutTag(taken.before);
      return "done";
    default:
      out.addRepair(`ignored a stray ${taken.stop} tag`);
      return repairBetweenCalls;
  }
};

const LOOSE_INVOKE = /^\s*name\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))\s*(?:>([\s\S]*))?$/;

export const repairInvoke: State = (parser) => {
  const { reader, out } = parser;
  const taken = reader.take([PARAMETER_OPEN, INVOKE_CLOSE, INVOKE_OPEN, ...CLOSES, EOS]);
  if (taken === undefined) return "wait";
  const strict = INVOKE_HEADER.exec(taken.before);
  const loose = strict ?? LOOSE_INVOKE.exec(taken.before);
  if (loose === null) {
    leaveOut(parser, INVOKE_OPEN + taken.before, "a call without a name");
    if (taken.stop === undefined && parser.cut !== undefined) out.cutTag(taken.before);
    if (taken.stop === PARAMETER_OPEN) return leftOutParameters;
    reader.unread(taken.stop ?? "");
    return repairBetweenCalls;
  }
  const name = loose[1] ?? loose[2] ?? loose[3] ?? "";
  const body = strict === null ? (loose[4] ?? "").trim() : "";
  if (strict === null && body === "") {
    out.addRepair(`accepted the header of call ${quote(name)} as ${quote(taken.before)}`);
  }
  out.openCall(name);
  if (body === "") return afterElement(parser, taken.stop);
  if (taken.stop === undefined && parser.cut !== undefined) return cutCall(parser, body);
  return callBody(parser, body, taken.stop);
};

/** Something other than parameters inside a call: most often its arguments as one JSON object. */
function callBody(parser: Parser, body: string, stop: string | undefined): ReturnType<State> {
  const { reader, out } = parser;
  const isObject = objectKeys(body) !== undefined;
  if (stop === PARAMETER_OPEN) {
    gap(parser, body);
    return repairParameter;
  }
  out.addRepair(
    isObject
      ? `the arguments of call ${quote(out.tool)} were a JSON object instead of parameters`
      : `the arguments of call ${quote(out.tool)} were neither parameters nor a JSON object`,
  );
  out.closeCallWith(isObject ? body : `{"arguments": ${quote(body)}}`);
  if (stop !== INVOKE_CLOSE) reader.unread(stop ?? "");
  return repairBetweenCalls;
}

function cutCall({ out }: Parser, unread = ""): "done" {
  if (unread.trim() !== "") out.addRepair(`left out what was cut off: ${quote(unread)}`);
  out.cutCall();
  return "done";
}

/** The parameters of a call without a name. */
const leftOutParameters: State = (parser) => {
  const taken = parser.reader.take([INVOKE_CLOSE, INVOKE_OPEN, ...CLOSES, EOS]);
  if (taken === undefined) return "wait";
  leaveOut(parser, PARAMETER_OPEN + taken.before, "parameters of a call without a name");
  parser.reader.unread(taken.stop ?? "");
  return repairBetweenCalls;
};

function afterElement(parser: Parser, stop: string | undefined): ReturnType<State> {
  const { reader, out } = parser;
  if (stop === PARAMETER_OPEN) return repairParameter;
  if (stop === undefined && parser.cut !== undefined) return cutCall(parser);
  if (stop !== INVOKE_CLOSE) out.addRepair("a call was not closed; closed it");
  out.closeCall();
  if (stop !== INVOKE_CLOSE) reader.unread(stop ?? "");
  return repairBetweenCalls;
}

const SLASHED_CLOSE = PARAMETER_CLOSE.slice(1);
const VALUE_STOPS = [
  PARAMETER_CLOSE,
  `<\n${SLASHED_CLOSE}`,
  SLASHED_CLOSE,
  PARAMETER_OPEN,
  INVOKE_CLOSE,
  INVOKE_OPEN,
  ...CLOSES,
  EOS,
];
const isParameterEnd = (stop: string | undefined): boolean => stop?.endsWith(SLASHED_CLOSE) ?? false;

const EXACT_PARAMETER = /^ name="([\s\S]*?)" string="(true|false)">([\s\S]*)$/;
const LOOSE_PARAMETER = /^\s*name\s*=\s*(?:"([^"]*)"|'([^']*)')(?:\s+string\s*=\s*["']?(\w*)["']?)?\s*>([\s\S]*)$/;

/** A whole parameter, from after its opening tag. */
export const repairParameter: State = (parser) => {
  const { reader, out } = parser;
  const taken = reader.take(VALUE_STOPS);
  if (taken === undefined) return "wait";
  if (taken.stop === undefined && parser.cut !== undefined && !taken.before.includes(">")) {
    return cutCall(parser, PARAMETER_OPEN + taken.before);
  }
  const exact = EXACT_PARAMETER.exec(taken.before);
  const loose = LOOSE_PARAMETER.exec(taken.before);
  if (exact !== null) {
    openValue(parser, exact[1] ?? "", exact[2] === "true");
    return finishValue(parser, exact[3] ?? "", taken.stop);
  }
  if (loose !== null) {
    const name = loose[1] ?? loose[2] ?? "";
    const value = loose[4] ?? "";
    const type = loose[3]?.toLowerCase();
    const isString = type === "true" || (type !== "false" && (!isJson(value) || value.trim().startsWith('"')));
    out.addRepair(
      `accepted parameter ${quote(name)} with a malformed opening tag as ${isString ? "a string" : "JSON"}`,
    );
    openValue(parser, name, isString);
    return finishValue(parser, value, taken.stop);
  }
  leaveOut(parser, PARAMETER_OPEN + taken.before, "an unreadable parameter");
  if (!isParameterEnd(taken.stop)) reader.unread(taken.stop ?? "");
  return repairAfterParameter;
};

/** A value that has begun to stream and whose closing tag never comes: ends it at the next tag. */
export const repairOpenValue: State = (parser) => {
  const taken = parser.reader.take(VALUE_STOPS);
  if (taken === undefined) return "wait";
  return finishValue(parser, taken.before, taken.stop);
};

/** The start of a closing tag where the text ends. */
const CUT_TAG = /<\/｜[^<>]*$/;

function finishValue(parser: Parser, text: string, stop: string | undefined): ReturnType<State> {
  const { reader, out, parameter } = parser;
  let value = text;
  if (!isParameterEnd(stop)) {
    out.addRepair(`parameter ${quote(parameter.name)} was not closed; closed it`);
    const cut = CUT_TAG.exec(value)?.[0];
    if (stop === undefined && cut !== undefined && PARAMETER_CLOSE.startsWith(cut)) {
      out.addRepair(`dropped the unfinished tag ${quote(cut)}`);
      value = value.slice(0, -cut.length);
    }
  } else if (stop === SLASHED_CLOSE) {
    out.addRepair(`the closing tag of parameter ${quote(parameter.name)} had no "<"`);
  }
  addValue(parser, value);
  if (stop === undefined && parser.cut !== undefined) return cutCall(parser, parser.parameter.raw);
  closeValue(parser);
  if (!isParameterEnd(stop)) reader.unread(stop ?? "");
  return repairAfterParameter;
}

export const repairAfterParameter: State = (parser) => {
  const { reader, out } = parser;
  const taken = reader.take([PARAMETER_OPEN, PARAMETER_CLOSE, INVOKE_CLOSE, INVOKE_OPEN, ...CLOSES, EOS]);
  if (taken === undefined) return "wait";
  gap(parser, taken.before);
  if (taken.stop === PARAMETER_CLOSE) {
    out.addRepair(`ignored a stray ${PARAMETER_CLOSE} tag`);
    return repairAfterParameter;
  }
  return afterElement(parser, taken.stop);
};

export const repairAfterCalls: State = (parser) => {
  const { reader, out } = parser;
  const taken = reader.take([EOS, ...OPENS]);
  if (taken === undefined) return "wait";
  moveToContent(parser, taken.before.replace(/^>/, ""), "text after the tool calls");
  if (taken.stop !== undefined && taken.stop !== EOS) {
    out.addRepair("accepted a second block of function calls");
    return repairBetweenCalls;
  }
  if (taken.stop === undefined && parser.cut !== "stop") out.addRepair("the end-of-sentence token was missing");
  return taken.stop === undefined ? "done" : afterEnd;
};
