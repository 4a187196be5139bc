/** Tool arguments checked by zod or by JSON Schema, with errors a model can act on. */

import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import * as z from "zod";
import { AgentError } from "../errors.js";

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Record<string, unknown>;

export interface ToolInput<Input> {
  /** As the model is told. */
  jsonSchema: JsonSchema;
  /** @throws AgentError `invalid_arguments`, naming every argument that is wrong */
  parse(args: unknown): Input;
}

const isZod = <Input>(schema: z.ZodType<Input> | JsonSchema): schema is z.ZodType<Input> => schema instanceof z.ZodType;

/** @throws AgentError `invalid_tool` when the schema is not an object's, or does not compile */
export function toInput<Input>(tool: string, schema: z.ZodType<Input> | JsonSchema): ToolInput<Input> {
  try {
    const input = isZod(schema) ? zodInput(schema) : jsonInput<Input>(schema);
    if (input.jsonSchema.type === "object") return input;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AgentError("invalid_tool", `The input schema of ${tool} does not compile: ${reason}; correct it`, {
      cause: error,
    });
  }
  throw new AgentError("invalid_tool", `The input schema of ${tool} must be of type "object"; wrap it in one`);
}

function zodInput<Input>(schema: z.ZodType<Input>): ToolInput<Input> {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { io: "input" });
  return {
    jsonSchema,
    parse(args) {
      const result = schema.safeParse(args);
      if (result.success) return result.data;
      throw refusal(result.error.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`));
    },
  };
}

function jsonInput<Input>(schema: JsonSchema): ToolInput<Input> {
  const validate = compileSchema(schema, "arguments");
  return {
    jsonSchema: schema,
    parse(args) {
      const problems = validate(args);
      if (problems.length > 0) throw refusal(problems);
      return args as Input;
    },
  };
}

/**
 * @param root what the value as a whole is called in problems
 * @returns a validator that lists what is wrong with a value; nothing when it fits. Formats are annotations, as the draft says.
 *
 * @throws Error when the schema does not compile
 */
export function compileSchema(schema: JsonSchema, root: string): (value: unknown) => string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map((error) => describe(error, root)));
}

function describe({ instancePath, message, keyword, params }: ErrorObject, root: string): string {
  const where = instancePath.slice(1).replaceAll("/", ".") || root;
  const { additionalProperty, allowedValues } = params as { additionalProperty?: string; allowedValues?: unknown[] };
  if (keyword === "additionalProperties") return `${where}: ${additionalProperty} is not known`;
  if (keyword === "enum") return `${where}: must be one of ${JSON.stringify(allowedValues)}`;
  return `${where}: ${message}`;
}

const refusal = (problems: string[]) =>
  new AgentError("invalid_arguments", `${problems.join("; ")}; correct the arguments and call again`);
