/** The calculator that every domain has. */

import { calculate as evaluate } from "@cachalot/agent";
import { text } from "../tools/json-schema.js";
import { cents, type DomainTool, ToolFailure } from "./domain.js";

export const calculate: DomainTool<unknown> = {
  name: "calculate",
  description: "Computes an arithmetic expression.",
  parameters: { expression: text("Numbers, + - * / and parentheses, such as (2 + 3) * 4") },
  writes: false,
  run(_, { expression }: { expression: string }) {
    if (!/^[0-9+\-*/(). ]*$/.test(expression))
      throw new ToolFailure("the expression has characters that it may not have");
    const value = evaluate(expression);
    if (value.startsWith("Error")) throw new ToolFailure(value);
    return String(cents(Number(value)));
  },
};
