/** JSON Schema of a tool's arguments. */

export interface JsonSchema {
  type: "string" | "number" | "integer" | "boolean" | "array" | "object";
  description?: string;
  enum?: readonly string[];
  items?: JsonSchema;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean;
}

export const text = (description: string): JsonSchema => ({ type: "string", description });
export const whole = (description: string): JsonSchema => ({ type: "integer", description });
export const flag = (description: string): JsonSchema => ({ type: "boolean", description });
export const number = (description: string): JsonSchema => ({ type: "number", description });
export const oneOf = (values: readonly string[], description: string): JsonSchema => ({
  type: "string",
  enum: values,
  description,
});
export const listOf = (items: JsonSchema, description: string): JsonSchema => ({ type: "array", items, description });
/** An object with at least these fields. */
export const record = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});
