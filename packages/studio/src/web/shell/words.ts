/** Localisation: a dictionary for each page, with the same keys in both languages. */
import { language } from "./settings.js";

/** @returns the words in the language of the moment; a component that calls it is drawn anew when that changes */
export function dictionary<T extends Record<string, string>>(
  en: T,
  zh: { [K in keyof T]: string },
): () => { [K in keyof T]: string } {
  return () => (language.value === "zh" ? zh : en);
}

export const words = dictionary(
  {
    skip: "Skip to the content",
    pages: "Pages",
    language: "中文",
    theme: "Colours",
    auto: "as the system",
    light: "light",
    dark: "dark",
    away: "The server does not answer. What you see stays; it is asked again.",
    notFound: "There is no such page.",
    loading: "Loading…",
    failed: "This page could not be loaded.",
    retry: "Try again",
  },
  {
    skip: "跳到内容",
    pages: "页面",
    language: "English",
    theme: "颜色",
    auto: "跟随系统",
    light: "浅色",
    dark: "深色",
    away: "服务器没有响应。已有内容保留，稍后会再次请求。",
    notFound: "没有这个页面。",
    loading: "加载中…",
    failed: "无法加载此页面。",
    retry: "重试",
  },
);
