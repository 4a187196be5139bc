import { ASSISTANT, EOS, USER } from "@cachalot/chat";

/** Text to token ids, special tokens in the text recognised: a model's tokenizer. */
export interface TextTokenizer {
  encode(text: string): number[];
}

/** Added tokens are cut out of a text before anything else is done with it, so the text may be cut before them. */
const PIECES = new RegExp(`(?=${[USER, ASSISTANT, EOS].join("|")})`, "g");

/** A tokenizer for prompts that grow: what the last prompt already had is not encoded again. */
export function createPromptTokenizer(tokenizer: TextTokenizer): TextTokenizer {
  let known = new Map<string, number[]>();
  return {
    encode(text) {
      const used = new Map<string, number[]>();
      const ids: number[] = [];
      for (const piece of text.split(PIECES)) {
        const encoded = used.get(piece) ?? known.get(piece) ?? tokenizer.encode(piece);
        used.set(piece, encoded);
        for (const id of encoded) ids.push(id);
      }
      known = used;
      return ids;
    },
  };
}
