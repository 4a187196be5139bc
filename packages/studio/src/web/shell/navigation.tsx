import { pages } from "../pages/index.js";
import type { Page } from "../pages/page.js";
import { Icon } from "../ui/icon.js";
import { BASE } from "./router.js";
import { Settings } from "./settings-controls.js";
import { words } from "./words.js";

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
      <Settings />
    </nav>
  );
}
