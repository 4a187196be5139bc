/** Whether text with tool-call markup in it makes a call or only talks about one. */

import { PARAMETER_OPEN } from "./dsml-tags.js";
import { EOS, THINK_END } from "./special-tokens.js";

/**
 * - `text`: it talks about markup, whatever follows
 * - `open`: so far it may be calls
 * - `calls`: calls that end the text
 * - `tags`: tags without a call that end the text
 */
export type Verdict = "text" | "open" | "calls" | "tags";

/** Longer text between two tags of a block is no slip but prose. */
const MAX_SLIP = 2000;

const TAG = /<(\/?)｜DSML｜(function_calls|invoke|parameter)/g;
const HEADER = /\s*name\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)\s*>/y;
const HEADER_END = /[^<>]*>/y;
const VALUE_END = /<?\n?\/｜DSML｜parameter/g;
const BLANK = /\s*/y;
const matchAt = (pattern: RegExp, text: string, at: number): number | undefined => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
};

const matchAfter = (pattern: RegExp, text: string, at: number): { start: number; end: number } | undefined => {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : { start: found.index, end: pattern.lastIndex };
};

/** Walks over the tags of a text in V3.2's own markup. */
class Walk {
  #at = 0;
  #calls = 0;
  #inBlock = false;
  #inCall = false;
  #slips = 0;

  constructor(
    readonly text: string,
    /** The block began on a line of its own. */
    readonly ownLine: boolean,
    readonly ended: boolean,
  ) {}

  run(): Verdict {
    for (;;) {
      this.#at = matchAt(BLANK, this.text, this.#at) ?? this.#at;
      if (this.#at === this.text.length || this.text.startsWith(EOS, this.#at)) return this.#end();
      if (this.text.startsWith(THINK_END, this.#at)) {
        this.#at += THINK_END.length;
        continue;
      }
      TAG.lastIndex = this.#at;
      const tag = TAG.exec(this.text);
      const verdict = tag?.index === this.#at ? this.#tag(tag) : this.#between(tag?.index);
      if (verdict !== undefined) return verdict;
    }
  }

  #end(): Verdict {
    if (this.#inCall) return this.#inBlock && this.#at < this.text.length ? "calls" : "open";
    if (this.#calls > 0) return "calls";
    if (this.#slips === 0) return "tags";
    return this.#at < this.text.length ? "text" : "open";
  }

  /** Something that is no tag, up to the tag at `next`. */
  #between(next: number | undefined): Verdict | undefined {
    const slip = this.text.slice(this.#at, next);
    const isBody = this.#inCall && slip.startsWith("{");
    if (!isBody) {
      if (!this.#inBlock || slip.length > MAX_SLIP) return "text";
      if (this.#calls === 0 && !this.#inCall && !this.ownLine) return "text";
      this.#slips++;
    }
    if (next === undefined) return this.ended && this.text.includes(EOS, this.#at) ? this.#unclosed() : "open";
    this.#at = next;
    return undefined;
  }

  /** The end token came inside a block that was not closed. */
  #unclosed(): Verdict {
    return this.#inBlock && (this.#calls > 0 || this.#inCall) ? "calls" : "text";
  }

  #tag([tag, slash, name]: RegExpExecArray): Verdict | undefined {
    const after = this.#at + tag.length;
    switch (`${slash}${name}`) {
      case "function_calls":
        this.#inBlock = true;
        break;
      case "/function_calls":
        if (this.#inCall) this.#calls++;
        this.#inBlock = false;
        this.#inCall = false;
        break;
      case "invoke":
        return this.#invoke(after);
      case "/invoke":
        if (this.#inCall) this.#calls++;
        this.#inCall = false;
        break;
      case "parameter":
        return this.#parameter(after);
    }
    this.#at = this.text[after] === ">" ? after + 1 : after;
    return undefined;
  }

  #invoke(after: number): Verdict | undefined {
    const header = matchAt(HEADER, this.text, after);
    if (header === undefined) {
      const isCut = !/[<>]/.test(this.text.slice(after, after + MAX_SLIP));
      if (isCut) return "open";
      if (!this.#inBlock) return "text";
    } else {
      if (this.#inCall && !this.#inBlock) return "text";
      if (this.#inCall) this.#calls++;
      this.#inCall = true;
    }
    // The end of an unreadable header is no text of its own.
    this.#at = header ?? matchAt(HEADER_END, this.text, after) ?? after;
    return undefined;
  }

  #parameter(after: number): Verdict | undefined {
    if (!this.#inCall && !this.#inBlock) return "text";
    const close = matchAfter(VALUE_END, this.text, after);
    if (close !== undefined) {
      this.#at = this.text[close.end] === ">" ? close.end + 1 : close.end;
      return undefined;
    }
    // Inside a value other tags are text, unless it never ends.
    if (!this.ended || !this.text.includes(EOS, after)) return "open";
    if (!this.#inBlock) return "text";
    const other = matchAfter(TAG, this.text, after);
    if (other === undefined) return this.#unclosed();
    this.#at = other.start;
    return undefined;
  }
}

/**
 * Judges markup translated into V3.2's tags, from its first tag to where the text has come. Only "text" holds for
 * whatever follows.
 */
export function judgeMarkup(text: string, { ownLine, ended }: { ownLine: boolean; ended: boolean }): Verdict {
  return new Walk(text, ownLine, ended).run();
}

/** Whether a completion's calls certainly begin: `text` follows the block's opening tag. "wait": it may yet show. */
export function startsCall(text: string, streams: (name: string) => boolean): boolean | "wait" {
  const lead = '>\n<｜DSML｜invoke name="';
  if (text.length < lead.length) return lead.startsWith(text) ? "wait" : false;
  if (!text.startsWith(lead)) return false;
  const end = text.indexOf('">\n', lead.length);
  const name = text.slice(lead.length, end < 0 ? undefined : end);
  if (name.length > 256 || /[<>\n]/.test(end < 0 ? name.replace(/">$/, "") : name)) return false;
  if (end < 0) return "wait";
  if (name.includes('"') || !streams(name)) return false;
  const rest = text.slice(end + 3).replace(/^\n/, "");
  const nexts = [`${PARAMETER_OPEN} name="`, "</｜DSML｜invoke>"];
  if (nexts.some((next) => rest.startsWith(next))) return true;
  return nexts.some((next) => next.startsWith(rest)) ? "wait" : false;
}
