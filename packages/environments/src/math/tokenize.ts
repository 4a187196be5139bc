/** Tokens of an answer, LaTeX or plain: numbers, letters, words, commands and signs. */

import { CannotTell } from "./limits.js";
import { FUNCTIONS, SHORT_WORDS, VARIABLE_COMMANDS, WORD_LENGTH } from "./vocabulary.js";

export interface Token {
  /** `letter`: one variable or constant. `word`: text, or letters that are no product. `command`: without its backslash. */
  readonly kind: "number" | "letter" | "word" | "command" | "sign";
  readonly text: string;
  /** White space stood before it. */
  readonly spaced: boolean;
}

const TOKEN = new RegExp(
  [
    String.raw`(?<repeating>\d*\.\d*\\(?:overline|bar)\s*(?:\{\d+\}|\d))`,
    String.raw`(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+(?![\d.a-zA-Z]))?)`,
    String.raw`\\(?:text|mbox|mathrm|textbf|textit|mathbf|operatorname|rm|textrm)\*?\s*\{(?<text>[^{}]*)\}`,
    String.raw`\\math(?:bb|cal)\s*\{?\s*(?<set>[A-Z])\s*\}?`,
    String.raw`\\(?<environment>(?:begin|end)\s*\{[a-z]*\*?\})`,
    String.raw`\\(?<command>[a-zA-Z]+|[{}|%\\])`,
    "(?<letters>[a-zA-Z]+)",
    String.raw`(?<sign>\*\*|<=|>=|!=|!!|\.\.\.|[-+*/^_!=<>()[\]{}|,;:%&'€£])`,
  ].join("|"),
  "y",
);

/** @throws CannotTell for a character that no answer has */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const spaced = text[at] === " ";
    if (spaced) at++;
    const thousands =
      depth === 0
        ? /(?<![\d,.]|\d )\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|(?<![\d.]|\d )[1-9]\d{0,2}(?: \d{3})+(?![\d.])/y
        : undefined;
    if (thousands) {
      thousands.lastIndex = at;
      const number = thousands.exec(text)?.[0];
      if (number !== undefined && !/^0/.test(number)) {
        tokens.push({ kind: "number", text: number.replace(/[, ]/g, ""), spaced });
        at += number.length;
        continue;
      }
    }
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new CannotTell(`${JSON.stringify(text[at] ?? "")} is not understood`);
    at += found[0].length;
    const made = tokensOf(found.groups!, spaced);
    for (const { kind, text: sign } of made)
      if (kind === "sign" || kind === "command") {
        if (["(", "[", "{{"].includes(sign) || (kind === "command" && sign === "{")) depth++;
        else if ([")", "]"].includes(sign) || (kind === "command" && sign === "}")) depth--;
      }
    tokens.push(...made);
  }
  return tokens;
}

function tokensOf(groups: Record<string, string | undefined>, spaced: boolean): Token[] {
  const { repeating, number, text, set, environment, command, letters, sign } = groups;
  if (repeating !== undefined)
    return [{ kind: "number", text: repeating.replace(/\\[a-z]+\s*\{?(\d+)\}?/, "r$1"), spaced }];
  if (number !== undefined) return [{ kind: "number", text: number, spaced }];
  if (text !== undefined) return textTokens(text, spaced);
  if (set !== undefined) return [{ kind: "word", text: `\\mathbb{${set}}`, spaced }];
  if (environment !== undefined) return [{ kind: "command", text: environment.replace(/\s/g, ""), spaced }];
  if (command !== undefined) return [{ kind: "command", text: command, spaced }];
  if (letters !== undefined) return letterTokens(letters, spaced);
  return [{ kind: "sign", text: sign === "**" ? "^" : sign!, spaced }];
}

/** `\text{ cm}`, `\text{(C)}`, `\text{ and }`, `\mathrm{e}`: a lone letter stays a letter, numbers stay numbers. */
function textTokens(text: string, spaced: boolean): Token[] {
  const trimmed = text.trim();
  if (/^[a-zA-Z]$/.test(trimmed) && !/^[a-zA-Z] $/.test(text) && trimmed === text)
    return [{ kind: "letter", text: trimmed, spaced }];
  if (/^[\d.]+$/.test(trimmed)) return [{ kind: "number", text: trimmed, spaced }];
  if (/^\([A-Z]\)$/.test(trimmed)) return [{ kind: "letter", text: trimmed[1]!, spaced }];
  return (trimmed.match(/[^\s,()^/]+|[,()^/]/g) ?? []).map((part) => ({
    kind: /^[,()^/]$/.test(part) ? "sign" : /^\d+$/.test(part) ? "number" : "word",
    text: part,
    spaced: true,
  }));
}

/** Plain letters: a name that is known, a word, or a product of letters. */
function letterTokens(letters: string, spaced: boolean): Token[] {
  const word = (text: string): Token[] => [{ kind: "word", text, spaced }];
  const command = (text: string): Token => ({ kind: "command", text, spaced });
  if (letters.length === 1) return [{ kind: "letter", text: letters, spaced }];
  if (letters === "pi" || letters === "oo" || letters === "infinity" || letters === "inf")
    return [command(letters === "pi" ? "pi" : "infty")];
  if (FUNCTIONS.has(letters) || VARIABLE_COMMANDS.has(letters)) return [command(letters)];
  const root = /^([a-zA-Z]{1,2})sqrt$/.exec(letters);
  if (root) return [...letterTokens(root[1]!, spaced), command("sqrt")];
  if (SHORT_WORDS.has(letters.toLowerCase()) || letters.length >= WORD_LENGTH) return word(letters);
  if (/^(?:cm|mm|km|kg|mg|ft|in|mi|ml|hr|oz|lb|yd|sec|min|usd|lbs|hrs)$/i.test(letters)) return word(letters);
  if (/^pi./.test(letters)) return [command("pi"), ...letterTokens(letters.slice(2), false)];
  if (/pi|sin|cos|tan|log|ln/.test(letters)) throw new CannotTell(`${JSON.stringify(letters)} can be read in two ways`);
  return [...letters].map((text, i) => ({ kind: "letter", text, spaced: i === 0 && spaced }));
}
