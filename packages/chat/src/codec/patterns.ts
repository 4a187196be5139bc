/**
 * The attribute patterns of the strict grammar, over the text between two tags. They are the authors' regular
 * expressions: Python's `$` also matches before a final line end, and its `\s` is the Unicode set below.
 */

const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/** After `<｜DSML｜invoke`, up to the first parameter or the closing tag: group 1 is the function's name. */
export const INVOKE_HEADER = new RegExp(`^${SPACE}*name="([\\s\\S]*?)">\\n\\n?$`);

/** After `<｜DSML｜parameter`, up to `/｜DSML｜parameter`: name, "true" or "false", value. */
export const PARAMETER = /^ name="([\s\S]*?)" string="(true|false)">([\s\S]*?)<\n?$/;
