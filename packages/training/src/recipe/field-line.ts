/** Where a field stands in a JSON file: messages about a recipe name file and line. */

/**
 * The line, from 1, of a field; of the last field on the way to it that is there.
 * @param text valid JSON
 * @param path keys and indices, as in `["stages", "1", "tasks"]`
 */
export function fieldLine(text: string, path: readonly string[]): number {
  return lineAt(text, new Scanner(text).find(path));
}

/** How much of a path there is. */
export function fieldDepth(text: string, path: readonly string[]): number {
  const scanner = new Scanner(text);
  scanner.find(path);
  return scanner.depth;
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

const SPACE = /\s*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,\]}]+/y;

class Scanner {
  #at = 0;
  /** Fields of the path that were found. */
  depth = 0;

  constructor(private readonly text: string) {}

  /** Offset of the field, or of the deepest one on the way. */
  find(path: readonly string[]): number {
    this.#space();
    const found = this.#value(path, 0);
    return found ?? 0;
  }

  /** Goes through a value. @returns where the wanted field is in it; undefined where it has none of the path's */
  #value(path: readonly string[] | undefined, depth: number): number | undefined {
    const open = this.text[this.#at];
    if (open !== "{" && open !== "[") {
      this.#match(open === '"' ? STRING : SCALAR);
      return undefined;
    }
    let found: number | undefined;
    this.#at++;
    for (let index = 0; ; index++) {
      this.#space();
      if (this.text[this.#at] === "," && index > 0) {
        this.#at++;
        this.#space();
      }
      if (this.#at >= this.text.length || this.text[this.#at] === "}" || this.text[this.#at] === "]") break;
      const start = this.#at;
      const key = open === "{" ? this.#key() : String(index);
      const isWanted = path !== undefined && path[depth] === key;
      if (isWanted) this.depth = Math.max(this.depth, depth + 1);
      const inner = this.#value(isWanted ? path : undefined, depth + 1);
      if (isWanted) found = inner ?? start;
    }
    this.#at++;
    return found;
  }

  #key(): string {
    const key = JSON.parse(this.#match(STRING)) as string;
    this.#space();
    this.#at++;
    this.#space();
    return key;
  }

  #space(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [matched = ""] = pattern.exec(this.text) ?? [];
    this.#at += Math.max(matched.length, pattern === SPACE ? 0 : 1);
    return matched;
  }
}
