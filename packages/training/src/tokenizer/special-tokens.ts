import { ASSISTANT, BOS, DSML, EOS, THINK_END, THINK_START, USER } from "@cachalot/chat";

/** Fills the end of a row; never part of a document. */
export const PAD = "<｜▁pad▁｜>";

/** DeepSeek-V3.2's special tokens in id order (0, 1, 2, ...). `control` tokens vanish when special tokens are skipped. */
export const SPECIAL_TOKENS: readonly { content: string; control: boolean }[] = [
  { content: BOS, control: true },
  { content: EOS, control: true },
  { content: PAD, control: true },
  { content: USER, control: false },
  { content: ASSISTANT, control: false },
  { content: THINK_START, control: false },
  { content: THINK_END, control: false },
  { content: DSML, control: false },
];
