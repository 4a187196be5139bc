/** The body of a request, checked: JSON that fits a schema. */

import type { Context } from "hono";
import type * as z from "zod";
import type { AppContext } from "../app-context.js";
import { readJsonObject } from "./read-json.js";
import { validate } from "./validate.js";

/** @throws ApiError as `readJsonObject` and `validate` */
export async function readBody<T>(
  c: Context,
  { maxBodyBytes }: Pick<AppContext, "maxBodyBytes">,
  schema: z.ZodType<T>,
): Promise<T> {
  return validate(schema, await readJsonObject(c.req.raw, maxBodyBytes));
}
