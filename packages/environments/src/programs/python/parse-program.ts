/** Statements of a small part of Python, by lines and indents; their expressions are `parsePython`'s. */

import { parsePython } from "./parse.js";
import type { Expression } from "./syntax.js";
import { PythonError } from "./value.js";

export type Statement =
  | { kind: "assign"; name: string; value: Expression }
  | { kind: "append"; name: string; value: Expression }
  | { kind: "return"; value: Expression }
  | { kind: "if"; condition: Expression; body: Statement[]; otherwise: Statement[] }
  | { kind: "while"; condition: Expression; body: Statement[] }
  | { kind: "for"; name: string; of: Expression; body: Statement[] };

export interface Program {
  parameter: string;
  body: Statement[];
}

interface Line {
  indent: number;
  text: string;
}

const MOST_LINES = 60;

/** @throws PythonError for what is no function of one parameter, `def f(x):`, with nothing around it */
export function parseProgram(source: string): Program {
  const lines = source
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  if (lines.length > MOST_LINES) throw new PythonError(`a program has ${MOST_LINES} lines at most`);
  const head = /^def \w+\(([a-z_]\w*)\):$/i.exec(lines[0]?.text ?? "");
  if (!head || lines[0]!.indent > 0) throw new PythonError("the first line must be def f(x):");
  const reader = new Reader(lines, 1);
  const body = reader.block(0);
  if (!reader.isAtEnd) throw new PythonError("a line is outside of the function");
  return { parameter: head[1]!, body };
}

class Reader {
  constructor(
    private readonly lines: readonly Line[],
    private at: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.lines.length;
  }

  /** Lines that are deeper than `outer`, all of them equally deep. */
  block(outer: number): Statement[] {
    const indent = this.lines[this.at]?.indent ?? 0;
    if (indent <= outer) throw new PythonError("an indented block is wanted");
    const statements: Statement[] = [];
    for (let line = this.lines[this.at]; line && line.indent > outer; line = this.lines[this.at]) {
      if (line.indent !== indent) throw new PythonError(`unexpected indent before ${line.text}`);
      statements.push(this.statement(line));
    }
    return statements;
  }

  private statement({ indent, text }: Line): Statement {
    this.at++;
    const branch = /^(if|while) (.+):$/.exec(text);
    if (branch) {
      const condition = parsePython(branch[2]!);
      const body = this.block(indent);
      return branch[1] === "while" ? { kind: "while", condition, body } : this.branch(condition, body, indent);
    }
    const loop = /^for ([a-z_]\w*) in (.+):$/i.exec(text);
    if (loop) return { kind: "for", name: loop[1]!, of: parsePython(loop[2]!), body: this.block(indent) };
    const result = /^return (.+)$/.exec(text);
    if (result) return { kind: "return", value: parsePython(result[1]!) };
    const append = /^([a-z_]\w*)\.append\((.+)\)$/i.exec(text);
    if (append) return { kind: "append", name: append[1]!, value: parsePython(append[2]!) };
    const assign = /^([a-z_]\w*) (\+|-|\*|\/\/|%)?= ?(?!=)(.+)$/i.exec(text);
    if (!assign) throw new PythonError(`cannot read ${JSON.stringify(text.slice(0, 40))}`);
    const [, name, operator, value] = assign;
    return { kind: "assign", name: name!, value: parsePython(operator ? `${name} ${operator} (${value})` : value!) };
  }

  /** What stands behind an `if`. */
  private branch(condition: Expression, body: Statement[], indent: number): Statement {
    const next = this.lines[this.at];
    const more = next?.indent === indent ? /^(?:else|elif (.+)):$/.exec(next.text) : null;
    if (!more) return { kind: "if", condition, body, otherwise: [] };
    this.at++;
    const inner = this.block(indent);
    if (more[1] === undefined) return { kind: "if", condition, body, otherwise: inner };
    return { kind: "if", condition, body, otherwise: [this.branch(parsePython(more[1]), inner, indent)] };
  }
}
