import * as z from "zod";
import { AgentError } from "../errors.js";
import { compileSchema, type JsonSchema } from "../tools/input-schema.js";

export interface OutputOptions {
  /** What the final answer must be: a zod schema, or a JSON Schema (draft 2020-12). */
  schema: z.ZodType | JsonSchema;
  /** How often the model may answer before the run ends with `invalid_output`. Default 3. */
  maxAttempts?: number;
}

export type CheckedOutput = { value: unknown } | { problems: string[] };

export interface OutputChecker {
  jsonSchema: JsonSchema;
  /** @param content the answer: what came after the thinking */
  check(content: string): CheckedOutput;
}

/** @throws AgentError `invalid_run` when the schema does not compile */
export function outputChecker(schema: z.ZodType | JsonSchema): OutputChecker {
  try {
    if (schema instanceof z.ZodType) {
      const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { io: "input" });
      return checker(jsonSchema, (value) => {
        const result = schema.safeParse(value);
        if (result.success) return { value: result.data };
        return {
          problems: result.error.issues.map(({ path, message }) => `${path.join(".") || "answer"}: ${message}`),
        };
      });
    }
    const validate = compileSchema(schema, "answer");
    return checker(schema, (value) => {
      const problems = validate(value);
      return problems.length === 0 ? { value } : { problems };
    });
  } catch (error) {
    throw new AgentError("invalid_run", `The output schema does not compile: ${(error as Error).message}; correct it`);
  }
}

function checker(jsonSchema: JsonSchema, validate: (value: unknown) => CheckedOutput): OutputChecker {
  return {
    jsonSchema,
    check(content) {
      let value: unknown;
      try {
        value = JSON.parse(unfenced(content));
      } catch (error) {
        return { problems: [`answer: no JSON: ${(error as Error).message}`] };
      }
      return validate(value);
    },
  };
}

/** Models like to put JSON into a Markdown fence. */
const unfenced = (text: string): string => /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)?.[1] ?? text;

/** What the model is told when its answer does not fit. */
export const correction = (problems: readonly string[]): string =>
  `Your answer does not fit the response format:\n${problems.map((problem) => `- ${problem}`).join("\n")}\n` +
  "Answer again with JSON that fits, and nothing else.";
