export { byteAlphabet } from "./byte-alphabet.js";
export { requireEmbedded } from "./require-embedded.js";
export { loadTokenizer, type Tokenizer } from "./tokenizer.js";
