/** Controls of what a browser remembers: language and colours. */
import { language, type Theme, theme } from "./settings.js";
import { words } from "./words.js";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function Settings() {
  const w = words();
  return (
    <div class="settings">
      <button
        type="button"
        lang={language.value === "zh" ? "en" : "zh-CN"}
        onClick={() => {
          language.value = language.value === "zh" ? "en" : "zh";
        }}
      >
        {w.language}
      </button>
      <select
        aria-label={w.theme}
        value={theme.value}
        onChange={({ currentTarget }) => {
          theme.value = currentTarget.value as Theme;
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {w[name]}
          </option>
        ))}
      </select>
    </div>
  );
}
