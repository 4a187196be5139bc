import * as z from "zod";

/**
 * An array whose items fit `schema`. Unlike `z.array` it stops at the first item that does not: an array of millions of
 * wrong items costs one issue, not millions.
 */
export function arrayOf<T>(schema: z.ZodType<T>): z.ZodType<T[]> {
  return z.array(z.unknown()).transform((items, context) => {
    const checked: T[] = [];
    for (const [index, item] of items.entries()) {
      const result = schema.safeParse(item);
      if (!result.success) {
        const issue = result.error.issues[0];
        if (issue) context.issues.push({ ...issue, path: [index, ...issue.path], input: item } as z.core.$ZodRawIssue);
        return z.NEVER;
      }
      checked.push(result.data);
    }
    return checked;
  });
}
