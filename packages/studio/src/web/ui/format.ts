/** Numbers and times in the language of the moment. */
import { language } from "../shell/settings.js";

const locale = () => (language.value === "zh" ? "zh-CN" : "en");

/** Whole numbers with separators, others with so many digits. */
export function number(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1);
  return value.toLocaleString(
    locale(),
    Number.isInteger(value) ? {} : { maximumSignificantDigits: digits, minimumSignificantDigits: Math.min(2, digits) },
  );
}

export const percent = (share: number): string =>
  share.toLocaleString(locale(), { style: "percent", maximumFractionDigits: 1 });

export const time = (ms: number): string =>
  new Date(ms).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });

export const seconds = (ms: number): string => `${number(ms / 1000)} s`;
