/** The special tokens of the DeepSeek-V3.2 chat format, as text. The bars are U+FF5C, the blocks U+2581. */

export const BOS = "<｜begin▁of▁sentence｜>";
export const EOS = "<｜end▁of▁sentence｜>";
export const USER = "<｜User｜>";
export const ASSISTANT = "<｜Assistant｜>";
export const THINK_START = "<think>";
export const THINK_END = "</think>";
/** The marker inside every tool-call tag: `<｜DSML｜invoke name="f">`. */
export const DSML = "｜DSML｜";

/** Every special token of the chat format. */
export const SPECIAL_TOKENS: readonly string[] = [BOS, EOS, USER, ASSISTANT, THINK_START, THINK_END, DSML];

/** Tokens that may not stand inside parsed content or reasoning. */
export const FORBIDDEN_IN_TEXT: readonly string[] = [BOS, EOS, THINK_START, THINK_END, DSML];
