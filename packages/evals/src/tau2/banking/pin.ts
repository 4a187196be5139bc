/** Personal identification numbers, and other digits that customers tell. */

import { ToolFailure } from "../domain.js";

/** @throws ToolFailure */
export function requireDigits(name: string, value: string, count: number): void {
  if (value.length !== count || !/^\d+$/.test(value)) throw new ToolFailure(`${name} must be ${count} digits`);
}

/** A number that is not too easily guessed. @throws ToolFailure */
export function requirePin(pin: string): void {
  requireDigits("the PIN", pin, 4);
  if ("0123456789".includes(pin) || "9876543210".includes(pin)) throw new ToolFailure("the PIN is a sequence");
  if (new Set(pin).size === 1) throw new ToolFailure("the PIN is one digit again and again");
}
