/**
 * Dialects of the tool-call markup: what hosts and models write in place of V3.2's tags, and its translation into them.
 * V4 names the block `tool_calls`, V4.1 puts a space before the names, hosts double the bars or make them ASCII, V3.1 has
 * tokens of its own, and some models leave DSML out.
 */

import { CALLS_END, CALLS_OPEN, INVOKE_CLOSE, INVOKE_OPEN } from "./dsml-tags.js";
import { DSML } from "./special-tokens.js";

/** How a dialect writes what V3.2 writes as `｜DSML｜`. */
const MARKS = [DSML, "｜｜DSML｜｜", "|DSML|", "||DSML||"];
const BLOCKS = ["function_calls", "tool_calls", "calls"];

/** A tag that begins or ends markup, found where a text goes on. */
export interface MarkupStart {
  /** The tag up to its attributes, as it was written. */
  tag: string;
  /** `block`: of calls. `invoke`: one call without its block. `close`: the end of something that was not open. */
  kind: "block" | "invoke" | "close";
  /** What stands for `｜DSML｜`; empty where nothing does. Undefined: V3.1's tokens. */
  mark: string | undefined;
}

function starts(mark: string): MarkupStart[] {
  return ["", " "].flatMap((space): MarkupStart[] => [
    ...BLOCKS.map((name): MarkupStart => ({ tag: `<${mark}${space}${name}`, kind: "block", mark })),
    { tag: `<${mark}${space}invoke`, kind: "invoke", mark },
    ...[...BLOCKS, "invoke", "parameter"].map(
      (name): MarkupStart => ({ tag: `</${mark}${space}${name}`, kind: "close", mark }),
    ),
  ]);
}

const OLD = "<｜tool▁";
const STARTS: readonly MarkupStart[] = [
  ...MARKS.flatMap(starts),
  { tag: `${OLD}calls▁begin｜>`, kind: "block", mark: undefined },
  { tag: `${OLD}call▁begin｜>`, kind: "invoke", mark: undefined },
  { tag: `${OLD}calls▁end｜>`, kind: "close", mark: undefined },
  { tag: `${OLD}call▁end｜>`, kind: "close", mark: undefined },
];

/** Where no mark tells the tags from other XML only a whole block is looked for. */
const UNMARKED: MarkupStart = { tag: "<function_calls>", kind: "block", mark: "" };

/** Every way markup can begin begins with one of these. */
export const MARKUP_LEADS = ["<｜", "</｜", "<|", "</|"];
export const UNMARKED_LEAD = UNMARKED.tag;

/** The markup `text` begins with. "wait": more text may make it one. */
export function findMarkup(text: string): MarkupStart | "wait" | undefined {
  if (text.startsWith(UNMARKED.tag)) return UNMARKED;
  const found = STARTS.find(({ tag }) => text.startsWith(tag));
  if (found !== undefined) return found;
  return STARTS.some(({ tag }) => tag.startsWith(text)) ? "wait" : undefined;
}

const QUOTES = /[“”„]/g;

/** A tag at the end that is not whole, and V3.1's header, which ends with its second token. */
const UNFINISHED = /<[^<>]{0,80}$/;
const UNFINISHED_OLD = /<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>[^<\n]{0,200}|[^<\n]{0,200})$/;

/** `text` without the tag that has only begun where it ends. */
export function withoutUnfinished(text: string): string {
  return text.replace(UNFINISHED, "").replace(UNFINISHED_OLD, "");
}

/** `text`, which begins with `start`, in V3.2's own tags. */
export function translate(text: string, { mark }: MarkupStart): string {
  if (mark === undefined) return translateOld(text);
  const name = "(function_calls|tool_calls|calls|invoke|parameter)";
  const tag = new RegExp(`<(/?)${mark.replaceAll("|", "\\|")} ?${name}(?![\\w])([^<>]*>?)`, "g");
  return text.replace(tag, (_, slash: string, word: string, rest: string) => {
    const own = word === "invoke" || word === "parameter" ? word : "function_calls";
    // What follows a tag's ">" is not looked at, what stands before it are attributes.
    return `<${slash}${DSML}${own}${rest.endsWith(">") ? rest.replace(QUOTES, '"') : rest}`;
  });
}

const OLD_CALL = /<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?([^<\n]*)(?:<｜tool▁sep｜>|\n)\s*(?:```json\s*)?/g;

/** V3.1: `name<｜tool▁sep｜>{…}`; before it `function<｜tool▁sep｜>name` and the arguments in a fence. */
function translateOld(text: string): string {
  return text
    .replace(OLD_CALL, (_, name: string) => `${INVOKE_OPEN} name="${name.trim()}">\n`)
    .replace(/(?:\s*```)?\s*<｜tool▁call▁end｜>/g, `\n${INVOKE_CLOSE}>\n`)
    .replaceAll(`${OLD}calls▁begin｜>`, `${CALLS_OPEN}>\n`)
    .replaceAll(`${OLD}calls▁end｜>`, CALLS_END);
}
