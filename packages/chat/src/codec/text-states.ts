/** The first states of the incremental parser: reasoning and content. */

import { betweenCalls } from "./call-states.js";
import { CALLS_OPEN, CALLS_START, INVOKE_OPEN } from "./dsml-tags.js";
import { afterEnd } from "./end-states.js";
import { fail, type State } from "./parser-state.js";
import { repairInvoke } from "./repair-states.js";
import { BOS, EOS, THINK_END, THINK_START } from "./special-tokens.js";

const CALLS = [CALLS_START, `\n${CALLS_OPEN}`, CALLS_OPEN];
const BARE_INVOKES = [`\n\n${INVOKE_OPEN}`, `\n${INVOKE_OPEN}`, INVOKE_OPEN];
const LENIENT_STOPS = [THINK_END, THINK_START, BOS, EOS, ...CALLS, ...BARE_INVOKES];

export const reasoning: State = (parser) => {
  const { reader, out, lenient } = parser;
  const stops = lenient ? LENIENT_STOPS : [THINK_END, CALLS_START];
  const ended = reader.stream(stops, (text) => out.addReasoning(text));
  if (ended === undefined) return "wait";
  const { stop } = ended;
  if (stop === THINK_END) return content;
  if (!lenient) return fail(parser, "thinking");
  if (stop === THINK_START || stop === BOS) {
    out.addRepair(`removed ${stop} from the reasoning`);
    return reasoning;
  }
  out.addRepair("the reasoning was not closed; closed it");
  if (stop === undefined) return "done";
  return stop === EOS ? afterEnd : calls(stop)(parser);
};

export const content: State = (parser) => {
  const { reader, out, lenient } = parser;
  const stops = lenient ? LENIENT_STOPS : [EOS, CALLS_START];
  const ended = reader.stream(stops, (text) => out.addContent(text));
  if (ended === undefined) return "wait";
  const { stop } = ended;
  if (stop === EOS) return afterEnd;
  if (stop === undefined) {
    if (!lenient) return fail(parser, "summary");
    out.addRepair("the end-of-sentence token was missing");
    return "done";
  }
  if (stop === THINK_START && out.content === "" && out.reasoning === "") {
    out.addRepair("the content opened with reasoning; kept it as reasoning");
    return reasoning;
  }
  if (stop === THINK_START || stop === THINK_END || stop === BOS) {
    out.addRepair(`removed ${stop} from the content`);
    return content;
  }
  return calls(stop);
};

/** The tool calls, from the marker that opened them. */
function calls(stop: string): State {
  return ({ out }) => {
    if (BARE_INVOKES.includes(stop)) {
      out.addRepair("the function_calls tag before a call was missing");
      return repairInvoke;
    }
    if (stop !== CALLS_START) out.addRepair("the function calls did not start after an empty line");
    return betweenCalls;
  };
}
