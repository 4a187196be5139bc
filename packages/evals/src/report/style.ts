/** Styles of the report's page, light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--line:#8884;--right:#2a9d5c;--wrong:#c8453b;--lost:#c79a2a}
body{font:15px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem}
h1 small{font-weight:400;opacity:.7}.score strong{font-size:2rem}
.outcomes{display:flex;gap:2px;font-size:.8rem;color:#fff}.outcomes span{padding:.2rem .4rem;background:var(--lost);overflow:hidden;white-space:nowrap}
.outcomes .right{background:var(--right)}.outcomes .wrong{background:var(--wrong)}
.plots{display:flex;flex-wrap:wrap;gap:1rem}figure{flex:1 1 420px;margin:1rem 0}svg{width:100%;font-size:11px;fill:currentColor}
.grid{stroke:var(--line)}.line{fill:none;stroke:#3b78c8;stroke-width:2}.bar{fill:#3b78c8}
th{text-align:left;padding-right:1rem;vertical-align:top}td{overflow-wrap:anywhere}
.sample{border-top:1px solid var(--line);padding:.3rem 0}b{color:var(--lost)}b.right{color:var(--right)}b.wrong{color:var(--wrong)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0}.call{opacity:.8}.message{border-left:3px solid var(--line);padding-left:.7rem;margin:.5rem 0}
dl{display:grid;grid-template-columns:auto 1fr;gap:0 1rem}dd{margin:0;white-space:pre-wrap}`;
