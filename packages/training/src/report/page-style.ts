/** The page's style sheet: system font, light and dark; plots stay on white cards. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #f7f6f3; --ink: #23221f; --quiet: #66645e; --line: #dcd9d2; --card: #ffffff; --good: #116b49; --bad: #a83a1c; }
@media (prefers-color-scheme: dark) {
  :root { --page: #191917; --ink: #eceae4; --quiet: #a5a29a; --line: #3a3935; --card: #232220; --good: #58c79a; --bad: #f0906f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 20px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 40px 0 12px; }
p { margin: 0 0 8px; max-width: 72ch; }
.quiet, figcaption, caption { color: var(--quiet); }
.good { color: var(--good); } .bad { color: var(--bad); }
dl.facts { display: flex; flex-wrap: wrap; gap: 12px 32px; margin: 20px 0 0; }
dl.facts dt { color: var(--quiet); font-size: 13px; }
dl.facts dd { margin: 0; font-size: 17px; font-variant-numeric: tabular-nums; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px; }
.verdict { font-size: 17px; margin-bottom: 4px; }
.card + .card { margin-top: 12px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
caption { text-align: left; caption-side: bottom; padding-top: 10px; font-size: 13px; }
th, td { padding: 6px 10px 6px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th { font-weight: 600; } thead th { color: var(--quiet); font-weight: 500; }
th:first-child, td.text, th.text { text-align: left; }
tbody tr:last-child > * { border-bottom: 0; }
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
.plots .wide { grid-column: 1 / -1; }
@media (max-width: 760px) { .plots { grid-template-columns: minmax(0, 1fr); } }
figure { margin: 0; min-width: 0; }
.paper { background: #ffffff; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; display: flex; justify-content: center; }
.paper svg { display: block; max-width: 100%; height: auto; }
.note { margin-top: 12px; }
figcaption { font-size: 13px; padding: 8px 4px 0; max-width: 84ch; }
pre { margin: 0; overflow-x: auto; font: 13.5px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.rollout { margin-top: 10px; }
.rollout pre { white-space: pre-wrap; overflow-wrap: anywhere; }
`;
