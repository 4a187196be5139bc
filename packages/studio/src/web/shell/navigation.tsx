import { pages } from "../pages/index.js";
import type { Page } from "../pages/page.js";
import { Icon } from "../ui/icon.js";
import { BASE } from "./router.js";
import { language, type Theme, theme } from "./settings.js";
import { words } from "./words.js";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function Navigation({ current }: { current: Page | undefined }) {
  const w = words();
  return (
    <nav class="navigation" aria-label={w.pages}>
      <span class="brand">
        <img src={`${BASE}/favicon.svg`} alt="" width="24" height="24" /> <span>cachalot</span>
      </span>
      <ul>
        {pages.map(
          (page) =>
            page.icon !== undefined && (
              <li key={page.pattern}>
                <a
                  href={BASE + page.pattern.replace(/\/:.*$/, "")}
                  aria-current={page === current ? "page" : undefined}
                  title={page.title()}
                >
                  <Icon shapes={page.icon} />
                  <span>{page.title()}</span>
                </a>
              </li>
            ),
        )}
      </ul>
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
    </nav>
  );
}
