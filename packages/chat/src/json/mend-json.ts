/** Tool-call arguments of a host, made valid JSON while they stream. */

import { escapeJsonString } from "./python-json.js";

/** Inside an object or array, what may come next. */
type Place = "key" | "colon" | "value" | "comma";
interface Level {
  close: "}" | "]";
  place: Place;
  /** A comma and blanks that are not yet written: a closing bracket may follow them. */
  held: string;
}

const ESCAPE = /^["\\/bfnrt]$/;
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/;
const DELIMITER = /[\s,:{}[\]"]/;
const PYTHON: Record<string, string> = { True: "true", False: "false", None: "null" };
/** What models put before an object. */
const FENCE = /^\s*(?:```(?:json)?\s*)?$/;

/**
 * Reads an object's JSON text piece by piece and gives back valid JSON, equal to the text where that is valid: escapes
 * that JSON does not have (Windows paths) get their backslash doubled, raw control characters are escaped, bare words and
 * single quotes become strings, what is open at the end is closed. Text that is no object becomes `{"arguments": text}`, as
 * DeepSeek-V4's own encoder has it. `slips` counts what was put right.
 */
export class JsonMender {
  slips = 0;
  /** What followed the object; it belongs nowhere. */
  rest = "";
  readonly #levels: Level[] = [];
  #started = false;
  /** The quote that ends the string being read. */
  #quote = "";
  /** The string being read is a key. */
  #isKey = false;
  /** A backslash and what followed it, up to a whole escape. */
  #escape = "";
  #word = "";
  /** Text before the object. */
  #before = "";
  #out = "";

  /** What is certain after another piece. */
  push(piece: string): string {
    this.#out = "";
    for (let i = 0; i < piece.length; i++) this.#character(piece[i] ?? "");
    return this.#out;
  }

  /** Whether the object is closed. */
  get isWhole(): boolean {
    return this.#started && this.#levels.length === 0;
  }

  /** What closes the object; an object that never began is empty. */
  end(): string {
    this.#out = "";
    if (!this.#started) {
      this.slips++;
      return this.#before.trim() === "" ? "{}" : `{"arguments": "${escapeJsonString(this.#before)}"}`;
    }
    if (this.#quote !== "") {
      if (this.#escape !== "") this.#wrongEscape();
      this.#out += '"';
      this.slips++;
      this.#quote = "";
      this.#afterItem();
    }
    this.#endWord();
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      this.slips++;
      this.#closeLevel(level);
    }
    return this.#out;
  }

  #character(c: string): void {
    if (this.#quote !== "") this.#inText(c);
    else if (this.#word !== "" && !DELIMITER.test(c)) this.#word += c;
    else {
      this.#endWord();
      this.#structure(c);
    }
  }

  #inText(c: string): void {
    if (this.#escape !== "") this.#inEscape(c);
    else if (c === "\\") this.#escape = c;
    else if (c === this.#quote) {
      this.#out += '"';
      this.#quote = "";
      this.#afterItem();
    } else if (c === '"') this.#out += '\\"';
    else if (c < " ") {
      this.slips++;
      this.#out += escapeJsonString(c);
    } else this.#out += c;
  }

  #inEscape(c: string): void {
    const read = this.#escape + c;
    if (/^\\u[0-9a-fA-F]{0,3}$/.test(read)) this.#escape = read;
    else if (/^\\u[0-9a-fA-F]{4}$/.test(read) || (this.#escape === "\\" && ESCAPE.test(c))) {
      this.#escape = "";
      this.#out += read;
    } else {
      this.#wrongEscape();
      this.#inText(c);
    }
  }

  #wrongEscape(): void {
    this.slips++;
    this.#out += `\\${this.#escape}`;
    this.#escape = "";
  }

  #afterItem(): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.place = this.#isKey ? "colon" : "comma";
    this.#isKey = false;
  }

  #structure(c: string): void {
    const level = this.#levels.at(-1);
    if (level === undefined) {
      if (this.#started) {
        if (c.trim() !== "") this.#misplaced(c);
      } else if (c === "{" && FENCE.test(this.#before)) {
        if (this.#before.trim() !== "") this.slips++;
        this.#open("{", "}");
      } else this.#before += c;
      return;
    }
    if (c.trim() === "") {
      if (level.held === "") this.#out += c;
      else level.held += c;
    } else if (c === ":" && level.place === "colon") {
      this.#out += c;
      level.place = "value";
    } else if (c === "," && level.place === "comma") {
      level.held = c;
      level.place = level.close === "}" ? "key" : "value";
    } else if (c === "}" || c === "]") this.#close(level, c);
    else this.#item(level, c);
  }

  #item(level: Level, c: string): void {
    const isOpening = c === "{" || c === "[";
    const isKeyNext = level.place === "key" || (level.place === "comma" && level.close === "}");
    if (level.place === "colon" || c === "," || c === ":" || (isKeyNext && isOpening)) {
      this.#misplaced(c);
      return;
    }
    if (level.place === "comma") {
      // Two items without a comma between them.
      this.slips++;
      level.held = ", ";
      level.place = level.close === "}" ? "key" : "value";
    }
    this.#isKey = level.place === "key";
    this.#out += level.held;
    level.held = "";
    if (c === '"' || c === "'") {
      if (c === "'") this.slips++;
      this.#quote = c;
      this.#out += '"';
    } else if (c === "{") this.#open(c, "}");
    else if (c === "[") this.#open(c, "]");
    else this.#word = c;
  }

  #open(c: string, close: Level["close"]): void {
    this.#started = true;
    this.#out += c;
    this.#levels.push({ close, place: close === "}" ? "key" : "value", held: "" });
  }

  #close(level: Level, c: string): void {
    if (c !== level.close) {
      this.#misplaced(c);
      return;
    }
    if (level.held !== "" || level.place === "colon" || (level.place === "value" && c === "}")) this.slips++;
    this.#closeLevel(level);
  }

  /** Closes the innermost level; a key without a value gets null. */
  #closeLevel(level: Level): void {
    if (level.place === "colon") this.#out += ": null";
    else if (level.place === "value" && level.close === "}") this.#out += "null";
    this.#out += level.close;
    this.#levels.pop();
    this.#afterItem();
  }

  #endWord(): void {
    if (this.#word === "") return;
    const word = PYTHON[this.#word] ?? this.#word;
    const valid = !this.#isKey && LITERAL.test(word);
    if (!valid || word !== this.#word) this.slips++;
    this.#out += valid ? word : `"${escapeJsonString(this.#word)}"`;
    this.#word = "";
    this.#afterItem();
  }

  #misplaced(c: string): void {
    this.slips++;
    this.rest += c;
  }
}
