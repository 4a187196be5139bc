/** Answers of programs: read from what they print, and compared as the problem says. */

/** The last line that was printed; undefined where nothing was, or more than an answer is. */
export function printedAnswer(output: string): string | undefined {
  const answer = output.trim().split("\n").at(-1)?.trim();
  return answer === undefined || answer === "" || answer.length > 200 ? undefined : answer;
}

/** As the verifier of a task compares (`verify.py`): texts, or numbers within a part in a million. */
export function sameAnswer(a: string, b: string, compare: "exact" | "close"): boolean {
  if (a === b) return true;
  if (compare === "exact") return /^-?\d+$/.test(a) && /^-?\d+$/.test(b) && BigInt(a) === BigInt(b);
  const [x, y] = [Number(a), Number(b)];
  return Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= TOLERANCE * Math.max(1, Math.abs(y));
}

/** Of rounded numbers: half a unit of the fourth decimal, or a part in a million. */
const TOLERANCE = 1e-4;
