/** What a browser remembers: language, colours. */
import { effect, signal } from "@preact/signals";

export type Language = "en" | "zh";
export type Theme = "auto" | "light" | "dark";

function remembered<T extends string>(name: string, allowed: readonly T[], fallback: T) {
  const stored = localStorage.getItem(name) as T | null;
  const value = signal(stored && allowed.includes(stored) ? stored : fallback);
  effect(() => localStorage.setItem(name, value.value));
  return value;
}

export const language = remembered<Language>(
  "language",
  ["en", "zh"],
  navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en",
);
export const theme = remembered<Theme>("theme", ["auto", "light", "dark"], "auto");

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});
effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
