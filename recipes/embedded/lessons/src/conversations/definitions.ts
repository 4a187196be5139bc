import type { Definition } from "../corpora/wordnet.js";
import { answer, type MakeTurn } from "./turn.js";

/** "What does brave mean?" from WordNet's short definitions of common words. */
export function definitionTurn(definitions: readonly Definition[]): MakeTurn {
  return ({ draw }) => {
    const { word, definition } = draw.one(definitions);
    const user = draw.one([
      `What does ${word} mean?`,
      `What does ${word} mean?`,
      `What does the word ${word} mean?`,
      `Define ${word}.`,
      `What is the meaning of ${word}?`,
      `Explain the word ${word}.`,
    ]);
    return answer(user, `The user asks for the meaning of ${word}.`, `The word ${word} means: ${definition}.`);
  };
}
