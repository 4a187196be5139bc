import { dim, StyledText, text } from "./terminal/styled-text.js";

/** Two columns, the first as wide as its widest cell. */
export function table(rows: readonly (readonly [string, string])[]): StyledText {
  const width = Math.max(...rows.map(([name]) => name.length));
  return new StyledText(rows.map(([name, value]) => text`${dim(name.padEnd(width))}  ${value}\n`));
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** 1536 -> "1.5 KiB" */
export function formatBytes(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${Number((bytes / 1024 ** unit).toPrecision(3))} ${UNITS[unit]}`;
}

/** 7160000 -> "7.16M" */
export function formatCount(count: number): string {
  const [divisor, suffix] = count >= 1e9 ? [1e9, "B"] : count >= 1e6 ? [1e6, "M"] : count >= 1e3 ? [1e3, "K"] : [1, ""];
  return `${Number((count / divisor).toPrecision(4))}${suffix}`;
}
