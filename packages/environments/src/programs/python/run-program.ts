/** Interpreter of small Python programs, in this process: one function of assignments, loops and branches, bounded in steps. */

import { Evaluation } from "./evaluate.js";
import { parseProgram, type Statement } from "./parse-program.js";
import { asList, isTrue, PythonError, type Value } from "./value.js";

const MOST_STATEMENTS = 5000;

/**
 * Reads a program `def f(x):`.
 * @returns the function: it throws PythonError for what Python would refuse, and for what takes too long
 * @throws PythonError for what is no such program
 */
export function pythonFunction(source: string): (argument: Value) => Value {
  const { parameter, body } = parseProgram(source);
  return (argument) => {
    const value = new Run(parameter, argument).block(body);
    if (value === undefined) throw new PythonError("the function returns nothing");
    return value;
  };
}

class Run {
  private readonly names: Map<string, Value>;
  private readonly evaluation = new Evaluation();
  private statements = 0;

  constructor(parameter: string, argument: Value) {
    this.names = new Map([[parameter, argument]]);
  }

  /** @returns what is returned in it; undefined where it runs to its end */
  block(statements: readonly Statement[]): Value | undefined {
    for (const statement of statements) {
      if (++this.statements > MOST_STATEMENTS) throw new PythonError("the program takes too long");
      const returned = this.statement(statement);
      if (returned !== undefined) return returned;
    }
    return undefined;
  }

  private statement(statement: Statement): Value | undefined {
    const of = (expression: Parameters<Evaluation["value"]>[0], mayIterate = false) =>
      this.evaluation.value(expression, this.names, mayIterate);
    switch (statement.kind) {
      case "assign":
        this.names.set(statement.name, of(statement.value));
        return undefined;
      case "append": {
        const list = asList(this.names.get(statement.name));
        if (list.length >= MOST_STATEMENTS) throw new PythonError("the list is too long");
        list.push(of(statement.value));
        return undefined;
      }
      case "return":
        return of(statement.value);
      case "if":
        return this.block(isTrue(of(statement.condition)) ? statement.body : statement.otherwise);
      case "while":
        while (isTrue(of(statement.condition))) {
          const returned = this.block(statement.body);
          if (returned !== undefined) return returned;
          if (++this.statements > MOST_STATEMENTS) throw new PythonError("the program takes too long");
        }
        return undefined;
      case "for": {
        const list = asList(of(statement.of, true));
        // As in Python, what a body appends to the list is gone through, too; the bound on statements ends it.
        for (let i = 0; i < list.length; i++) {
          this.names.set(statement.name, list[i]!);
          const returned = this.block(statement.body);
          if (returned !== undefined) return returned;
        }
        return undefined;
      }
    }
  }
}
