/** Syntax tree of the Python expressions that are understood. */

export type BinaryOperator = "+" | "-" | "*" | "//" | "%" | "**";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export type Expression =
  | { kind: "constant"; value: bigint | boolean }
  | { kind: "name"; name: string }
  | { kind: "list"; items: Expression[] }
  | { kind: "comprehension"; item: Expression; variable: string; of: Expression; conditions: Expression[]; lazy?: true }
  | { kind: "unary"; operator: "-" | "+" | "not"; operand: Expression }
  | { kind: "binary"; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: "logical"; operator: "and" | "or"; left: Expression; right: Expression }
  | { kind: "compare"; first: Expression; rest: { operator: Comparison; operand: Expression }[] }
  | { kind: "conditional"; condition: Expression; yes: Expression; no: Expression }
  | { kind: "call"; name: string; args: Expression[]; reverse?: Expression }
  | { kind: "index"; list: Expression; at: Expression }
  | { kind: "slice"; list: Expression; from?: Expression; to?: Expression; step?: Expression };
