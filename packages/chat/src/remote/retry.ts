/** How often, and after how long, a failed request is sent again. */

import { ChatError } from "../errors.js";

export interface RetryOptions {
  /** Requests in all, the first included. Default 4. */
  maxAttempts?: number;
  /** Wait before the second attempt, in milliseconds; it doubles each time. Default 500. */
  baseMs?: number;
  /** Longest wait, in milliseconds, whatever the endpoint asks for. Default 30000. */
  maxMs?: number;
}

export type Retry = Required<RetryOptions>;

export function retryDefaults(options: RetryOptions = {}): Retry {
  return { maxAttempts: options.maxAttempts ?? 4, baseMs: options.baseMs ?? 500, maxMs: options.maxMs ?? 30_000 };
}

/** Seconds or an HTTP date -> milliseconds from now. Undefined for anything else. */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Milliseconds to wait after failed attempt `attempt` (from 1): what the endpoint asked for, else exponential backoff
 * of which half is random, so that clients that failed together do not return together.
 */
export function retryDelay(retry: Retry, attempt: number, asked?: number, random = Math.random): number {
  if (asked !== undefined) return Math.min(asked, retry.maxMs);
  const backoff = Math.min(retry.maxMs, retry.baseMs * 2 ** (attempt - 1));
  return backoff * (0.5 + 0.5 * random());
}

/** Whether an error is worth another attempt. */
export function isRetryable(error: unknown): error is ChatError {
  return error instanceof ChatError && error.upstream?.retryable === true;
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
