/** Money as the bank's tables write it: a number, or text with or without a dollar sign. */

import { ToolFailure } from "../domain.js";
import type { Row } from "./database.js";

export function amountOf(value: unknown): number {
  if (typeof value === "number") return value;
  const amount = Number(String(value ?? "").replaceAll(/[$,]/g, ""));
  return Number.isFinite(amount) ? amount : 0;
}

export const balanceOf = ({ current_holdings, balance }: Row): number => amountOf(current_holdings ?? balance ?? 0);

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** Whole dollars; a half goes to the even one. */
export const wholeDollars = (amount: number): string =>
  `$${Math.abs(amount % 1) === 0.5 ? 2 * Math.round(amount / 2) : Math.round(amount)}`;

/** A number as the seeds of ids have it. */
export const inSeed = (amount: number): string => (Number.isInteger(amount) ? amount.toFixed(1) : String(amount));

/** @throws ToolFailure */
export function requirePositive(amount: number): void {
  if (!(amount > 0)) throw new ToolFailure("the amount must be positive");
}

export const isOpen = ({ status }: Row): boolean => status === "OPEN" || status === "ACTIVE";
