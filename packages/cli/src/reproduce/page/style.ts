/** The page's style sheet, light and dark. Plots stay on white. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f7f6f3;--ink:#23221f;--quiet:#66645e;--line:#dcd9d2;--card:#fff;--mark:#2a6fd1}
@media(prefers-color-scheme:dark){:root{--page:#191917;--ink:#eceae4;--quiet:#a5a29a;--line:#3a3935;--card:#232220;--mark:#7fb0f5}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,sans-serif}
main{max-width:1080px;margin:0 auto;padding:40px 20px 64px}h1{font-size:28px;margin:0 0 8px}h2{font-size:19px;margin:44px 0 12px}h3{font-size:15px;margin:0 0 8px}
.quiet,dt{color:var(--quiet)}nav{display:flex;flex-wrap:wrap;gap:6px 18px;margin-top:16px}a{color:var(--mark)}
.claim{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 18px;margin-bottom:12px}
dl{display:grid;grid-template-columns:90px 1fr;gap:4px 12px;margin:0}dd{margin:0;overflow-wrap:anywhere}.figure{font-weight:600;font-variant-numeric:tabular-nums}
.figure em{font-weight:400}.interval{color:var(--mark);font-weight:400;white-space:nowrap}
code,pre{font:12.5px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}code{display:block}pre{margin:8px 0;overflow-x:auto}
img{display:block;max-width:100%;height:auto;margin-top:12px;background:#fff;border-radius:6px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:baseline}thead th{color:var(--quiet);font-weight:500}`;
