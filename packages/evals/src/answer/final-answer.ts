/** Extraction of a final answer from a message: a box, `#### 42`, a sentence that names it, or a message that is nothing else. */

/** Longer messages without any sign of an answer are not taken as one. In characters. */
const LONGEST_BARE = 120;

/** @returns undefined where no final answer can be told */
export function finalAnswer(text: string): string | undefined {
  const boxes = boxesOf(text);
  if (boxes.length > 0) return lastOf(text, boxes);
  const marked = [...text.matchAll(/^\s*####\s*(.+?)\s*$/gm)].at(-1)?.[1];
  if (marked !== undefined) return marked;
  const named = [...text.matchAll(/(?:final answer|answer|result)\s*(?:is|:|=)\s*(?:\*\*)?\s*:?\s*([^\n]+)/gi)].at(
    -1,
  )?.[1];
  if (named !== undefined) return trimmed(named);
  return text.length <= LONGEST_BARE && !text.trim().includes("\n") && text.trim() !== "" ? trimmed(text) : undefined;
}

const trimmed = (text: string): string =>
  text
    .replace(/\*\*/g, "")
    .replace(/(?<!\.)[.\s]+$/, "")
    .trim();

interface Box {
  start: number;
  end: number;
  content: string;
}

function boxesOf(text: string): Box[] {
  return [...text.matchAll(/\\boxed\s*\{/g)].flatMap(({ index, 0: opening }) => {
    const start = index + opening.length;
    let depth = 1;
    for (let at = start; at < text.length; at++) {
      if (text[at] === "\\") at++;
      else if (text[at] === "{") depth++;
      else if (text[at] === "}" && --depth === 0)
        return [{ start: index, end: at + 1, content: text.slice(start, at) }];
    }
    return [];
  });
}

/** The last box with those of its line: `\boxed{1}, \boxed{2}` is one answer, `\boxed{1} or \boxed{2}` is a list for the grader. */
function lastOf(text: string, boxes: readonly Box[]): string {
  const last = boxes.at(-1)!;
  const line = text.lastIndexOf("\n", last.start) + 1;
  const together = boxes.filter(({ start, end }) => start >= line && end <= last.end);
  if (together.length === 1) return last.content;
  const between = together.slice(1).map(({ start }, i) => text.slice(together[i]!.end, start));
  if (!between.every((gap) => /^[\s$,;.]*(?:and|or)?[\s$,;.]*$/.test(gap))) return last.content;
  return together.map(({ content }) => content).join(", ");
}
