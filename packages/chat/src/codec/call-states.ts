/**
 * States of the incremental parser inside the function calls. They follow the exact format; where it breaks, a strict
 * parse fails and a lenient one goes on in the repair states, with the offending text put back.
 */

import { CALLS_END, INVOKE_CLOSE, INVOKE_OPEN, PARAMETER_CLOSE, PARAMETER_OPEN, V4_CALLS_END } from "./dsml-tags.js";
import { afterEnd } from "./end-states.js";
import { addValue, closeValue, openValue } from "./parameter-value.js";
import { fail, type Parser, type State } from "./parser-state.js";
import { INVOKE_HEADER } from "./patterns.js";
import {
  repairAfterCalls,
  repairAfterParameter,
  repairBetweenCalls,
  repairInvoke,
  repairOpenValue,
  repairParameter,
} from "./repair-states.js";
import { DSML, EOS } from "./special-tokens.js";

const CALL_OR_END = [INVOKE_OPEN, CALLS_END];
const LENIENT_CALL_OR_END = [...CALL_OR_END, V4_CALLS_END];

/** After `function_calls` or an invoke: the next invoke or the end of the calls. */
export const betweenCalls: State = (parser) => {
  const { reader, out, lenient } = parser;
  if (reader.ended && reader.rest === "") {
    // The authors' parser lets a text end here; a lenient parse says so.
    if (lenient) out.addRepair("the text ended before the function calls were closed");
    return "done";
  }
  const taken = reader.take(lenient ? LENIENT_CALL_OR_END : CALL_OR_END);
  if (taken === undefined) return "wait";
  if (taken.before !== ">\n" || taken.stop === undefined) {
    if (!lenient) return fail(parser, taken.before !== ">\n" ? "toolCall" : "missingToken");
    reader.unread(taken.before + (taken.stop ?? ""));
    return repairBetweenCalls;
  }
  if (taken.stop === INVOKE_OPEN) return invokeHeader;
  if (taken.stop === V4_CALLS_END) out.addRepair("the function calls were closed with DeepSeek-V4's tag");
  return afterCalls;
};

const invokeHeader: State = (parser) => {
  const { reader, out } = parser;
  const taken = reader.take([PARAMETER_OPEN, INVOKE_CLOSE]);
  if (taken === undefined) return "wait";
  const name = INVOKE_HEADER.exec(taken.before)?.[1];
  if (name === undefined) {
    if (!parser.lenient) return fail(parser, "toolName");
    reader.unread(taken.before + (taken.stop ?? ""));
    return repairInvoke;
  }
  out.openCall(name);
  return afterElement(parser, taken.stop);
};

/** Where the text goes on after an invoke's header or a parameter. */
function afterElement(parser: Parser, stop: string | undefined): ReturnType<State> {
  const { out, lenient } = parser;
  if (stop === PARAMETER_OPEN) return parameterStart;
  if (stop === undefined && parser.cut !== undefined) {
    out.cutCall();
    return "done";
  }
  if (stop === undefined && lenient) out.addRepair("the text ended inside a call; closed it");
  out.closeCall();
  return stop === undefined ? "done" : betweenCalls;
}

const NAME_START = ' name="';
const NAME_END: Record<string, boolean> = { '" string="true">': true, '" string="false">': false };
const CLOSE = PARAMETER_CLOSE.slice(1);

const parameterStart: State = (parser) => {
  const { reader } = parser;
  if (!reader.ended && NAME_START.startsWith(reader.rest)) return "wait";
  if (!reader.rest.startsWith(NAME_START)) return parser.lenient ? repairParameter : fail(parser, "parameter");
  reader.consume(NAME_START.length);
  return parameterName;
};

const parameterName: State = (parser) => {
  const { reader } = parser;
  const taken = reader.take([...Object.keys(NAME_END), CLOSE]);
  if (taken === undefined) return "wait";
  const isString = NAME_END[taken.stop ?? ""];
  if (isString === undefined) {
    if (!parser.lenient) return fail(parser, "parameter");
    reader.unread(NAME_START + taken.before + (taken.stop ?? ""));
    return repairParameter;
  }
  openValue(parser, taken.before, isString);
  return parameterValue;
};

const VALUE_ENDS = [PARAMETER_CLOSE, `<\n${CLOSE}`, CLOSE];
/** Inside a value these are text, unless the value turns out to be unclosed: held back until that is known. */
const SUSPICIOUS = [`<${DSML}`, `</${DSML}`, EOS];
const LENIENT_VALUE_ENDS = [...VALUE_ENDS, ...SUSPICIOUS];

const parameterValue: State = (parser) => {
  const { reader } = parser;
  const stops = parser.lenient ? LENIENT_VALUE_ENDS : VALUE_ENDS;
  const ended = reader.stream(stops, (text) => addValue(parser, text));
  if (ended === undefined) return "wait";
  if (ended.stop === undefined) return parser.lenient ? repairOpenValue : fail(parser, "parameter");
  if (SUSPICIOUS.includes(ended.stop)) {
    reader.unread(ended.stop);
    return heldValue;
  }
  return finishValue(parser, ended.stop);
};

const heldValue: State = (parser) => {
  const { reader } = parser;
  const found = reader.find(VALUE_ENDS);
  if (found === undefined) {
    if (!reader.ended) return "wait";
    reader.rescan();
    return repairOpenValue;
  }
  addValue(parser, reader.rest.slice(0, found.at));
  reader.consume(found.at + found.stop.length);
  return finishValue(parser, found.stop);
};

function finishValue(parser: Parser, stop: string): ReturnType<State> {
  if (stop === CLOSE) {
    if (!parser.lenient) return fail(parser, "parameter");
    parser.out.addRepair(`the closing tag of parameter ${JSON.stringify(parser.parameter.name)} had no "<"`);
  }
  if (parser.parameter.duplicate && !parser.lenient) return fail(parser, "duplicateParameter");
  closeValue(parser);
  return afterParameter;
}

const afterParameter: State = (parser) => {
  const { reader } = parser;
  const taken = reader.take([PARAMETER_OPEN, INVOKE_CLOSE]);
  if (taken === undefined) return "wait";
  if (taken.before !== ">\n") {
    if (!parser.lenient) return fail(parser, "parameter");
    reader.unread(taken.before + (taken.stop ?? ""));
    return repairAfterParameter;
  }
  return afterElement(parser, taken.stop);
};

const afterCalls: State = (parser) => {
  const { reader, out } = parser;
  const taken = reader.take([EOS]);
  if (taken === undefined) return "wait";
  if (taken.before !== "") {
    if (!parser.lenient) return fail(parser, "afterCalls");
    reader.unread(taken.before + (taken.stop ?? ""));
    return repairAfterCalls;
  }
  if (taken.stop === undefined && parser.lenient && parser.cut !== "stop") {
    out.addRepair("the end-of-sentence token was missing");
  }
  return taken.stop === undefined ? "done" : afterEnd;
};
