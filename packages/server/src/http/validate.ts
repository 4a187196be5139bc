/** Zod issues -> API errors that name the field. */

import type * as z from "zod";
import { type ApiError, badRequest } from "../api-error.js";

function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${String(key).slice(0, 100)}`))
    .join("");
}

function toError(issue: z.core.$ZodIssue | undefined): ApiError {
  const param = fieldName(issue?.path ?? []);
  const code = issue?.code === "invalid_type" ? "invalid_type" : "invalid_value";
  return badRequest(`${param}: ${issue?.message ?? "invalid value"}; fix this field`, param, code);
}

/**
 * Checks `value` against `schema`.
 * @throws ApiError 400 for the first field that does not fit.
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw toError(result.error.issues[0]);
}
