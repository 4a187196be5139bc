/** Column arithmetic with its scratchpad: one line a digit, the carry in the next line. */

export interface Calculated {
  lines: string[];
  result: string;
}

const digitsOf = (number: string): number[] => [...number].reverse().map(Number);
const numberOf = (digits: readonly number[]): string => BigInt([...digits].reverse().join("")).toString();

/** @param a and b whole numbers from 0 */
export function calculateDigits(a: string, operator: "+" | "-" | "*", b: string): Calculated {
  const calculated = operator === "+" ? add(a, b) : operator === "-" ? subtract(a, b) : multiply(a, b);
  return { ...calculated, lines: [`${reverse(a)} ${operator} ${reverse(b)}`, ...calculated.lines] };
}

const reverse = (number: string): string => [...number].reverse().join("");

/** `5+8+0=13`: the digit is the last of the sum, the carry is what stands before it. */
function add(a: string, b: string): Calculated {
  const [x, y] = [digitsOf(a), digitsOf(b)];
  const digits: number[] = [];
  const lines: string[] = [];
  let carry = 0;
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const sum = (x[i] ?? 0) + (y[i] ?? 0) + carry;
    lines.push(`${x[i] ?? 0}+${y[i] ?? 0}+${carry}=${sum}`);
    digits.push(sum % 10);
    carry = Math.floor(sum / 10);
  }
  if (carry > 0) digits.push(carry);
  return ended(lines, numberOf(digits));
}

/** `13-8-0=5` where ten was borrowed, so that the next line takes 1 more. */
function subtract(a: string, b: string): Calculated {
  if (BigInt(a) < BigInt(b)) {
    const { lines, result } = subtract(b, a);
    return ended([`${reverse(b)} - ${reverse(a)}`, ...lines], `-${result}`);
  }
  const [x, y] = [digitsOf(a), digitsOf(b)];
  const digits: number[] = [];
  const lines: string[] = [];
  let borrowed = 0;
  for (const [i, digit] of x.entries()) {
    const taken = (y[i] ?? 0) + borrowed;
    const ten = digit < taken ? 10 : 0;
    lines.push(`${digit + ten}-${y[i] ?? 0}-${borrowed}=${digit + ten - taken}`);
    digits.push(digit + ten - taken);
    borrowed = ten / 10;
  }
  return ended(lines, numberOf(digits));
}

/** A row of products for each digit of `b`, each row added to those before it. */
function multiply(a: string, b: string): Calculated {
  const lines: string[] = [];
  let sum: string | undefined;
  for (const [i, digit] of digitsOf(b).entries()) {
    const row = timesDigit(a, digit);
    const shifted = BigInt(row.result + "0".repeat(i)).toString();
    lines.push(...row.lines);
    if (sum === undefined) {
      sum = shifted;
      continue;
    }
    const added = add(sum, shifted);
    lines.push(`${reverse(sum)} + ${reverse(shifted)}`, ...added.lines);
    sum = added.result;
  }
  return ended(lines, sum ?? "0");
}

function timesDigit(a: string, digit: number): Calculated {
  const digits: number[] = [];
  const lines: string[] = [];
  let carry = 0;
  for (const other of digitsOf(a)) {
    const product = other * digit + carry;
    lines.push(`${other}*${digit}+${carry}=${product}`);
    digits.push(product % 10);
    carry = Math.floor(product / 10);
  }
  if (carry > 0) digits.push(carry);
  return { lines, result: numberOf(digits) };
}

/** The result reversed, as its digits came about; how it is written comes with the answer. */
function ended(lines: readonly string[], result: string): Calculated {
  const sign = result.startsWith("-") ? "-" : "";
  const last = `= ${sign}${reverse(result.replace("-", ""))}`;
  const before = lines.at(-1)?.startsWith("=") ? lines.slice(0, -1) : lines;
  return { lines: [...before, last], result };
}
