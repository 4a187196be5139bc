/** Words of a summary that may stand in a question: content words, in lower case. */

const COMMON = new Set(
  (
    "about above after again against also another because been before being between both cannot could does doing down during each either " +
    "from further have having here however into itself just like many more most much only other over same several should some such " +
    "than that their them then there these they this those through under until upon very want well were what when where which while " +
    "will with within without would your often used using uses when whose based various called known"
  ).split(" "),
);

/** Of at least `length` letters, each once. */
export function contentWords(text: string, length = 5): string[] {
  const words = text.toLowerCase().match(/[\p{L}][\p{L}\p{N}]*/gu) ?? [];
  return [...new Set(words)].filter((word) => word.length >= length && !COMMON.has(word));
}
