// The frame of every page: navigation, search, contents.
const escapeHtml = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

const POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'";

/** @param pages all of them, for the navigation */
export function pageHtml(page, pages, { hasApi }) {
  const up = "../".repeat(page.href.split("/").length - 1);
  const inside = page.sections.filter(({ level }) => level === 2);
  return `<!doctype html>
<html lang="en" data-root="${up}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="${POLICY}">
<title>${escapeHtml(page.title)} · cachalot</title>
<link rel="icon" href="${up}assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${up}assets/page.css">
<script type="module" src="${up}assets/page.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="${up}index.html"><img src="${up}assets/favicon.svg" alt="" width="24" height="24"> cachalot</a>
<search><input type="search" aria-label="Search" placeholder="Search" autocomplete="off"><ul class="hits" aria-label="Found"></ul></search>
</header>
<div class="columns">
<nav aria-label="Pages">${navigation(page, pages, up, hasApi)}</nav>
<main id="content">${page.html}</main>
${inside.length > 1 ? `<aside aria-label="On this page"><ul>${inside.map(({ title, anchor }) => `<li><a href="#${anchor}">${escapeHtml(title)}</a></li>`).join("")}</ul></aside>` : ""}
</div>
</body>
</html>
`;
}

function navigation(page, pages, up, hasApi) {
  const sections = [...new Set(pages.map(({ section }) => section))];
  const list = sections.map((section) => {
    const links = pages
      .filter((other) => other.section === section)
      .map(
        ({ href, title }) =>
          `<li><a href="${up}${href}"${href === page.href ? ' aria-current="page"' : ""}>${escapeHtml(title)}</a></li>`,
      );
    return `<details${section === page.section || section === "Documentation" ? " open" : ""}><summary>${section}</summary><ul>${links.join("")}</ul></details>`;
  });
  return `${hasApi ? `<p><a href="${up}api/index.html">API reference</a></p>` : ""}${list.join("")}`;
}
