/** The page of `dp status --html`: one column on a phone, cards side by side on a desk, light and dark as the reader has it. */
export const PAGE_STYLE = `
:root{--back:#f6f7f9;--card:#fff;--text:#1c2330;--muted:#5d6878;--line:#dfe3e9;--accent:#3a6fd8;
--verified:#2e9e62;--loaded:#4aa3c7;--stale:#d9a21b;--failed:#d0443e;--running:#7a6ff0;--missing:#e3e7ed}
@media (prefers-color-scheme:dark){:root{--back:#12161d;--card:#1b212b;--text:#e6eaf0;--muted:#98a3b3;--line:#2c3542;--accent:#6f9cf2;
--verified:#3fb878;--loaded:#56b2d6;--stale:#e0b13c;--failed:#e5625c;--running:#948aff;--missing:#2a323e}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI","Hiragino Sans","Noto Sans JP","IPAPGothic",sans-serif;overflow-wrap:anywhere}
header,main{max-width:1180px;margin:0 auto;padding:16px}
header{padding-bottom:0}h1{display:inline;font-size:1.6rem;margin:0 8px 0 0}h2{font-size:1.1rem;margin:0 0 12px}
header p{margin:4px 0 0;color:var(--muted);font-size:.85rem}
.state{display:inline-block;padding:2px 12px;border-radius:999px;color:#fff;font-weight:600;background:var(--failed);vertical-align:4px}
.state.ready{background:#1f7d4c}.state.stale{background:#8a6200}.state.not-deployed{background:#b3322c}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;margin-bottom:16px}
dl{display:grid;grid-template-columns:minmax(84px,max-content) 1fr;gap:6px 16px;margin:0}dt{color:var(--muted)}dd{margin:0}
.good::before,.poor::before,.bad::before{content:"";display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:8px;background:var(--verified)}
.poor::before{background:var(--stale)}.bad::before{background:var(--failed)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;white-space:nowrap;padding:5px 10px 5px 0;border-top:1px solid var(--line);font-weight:400}
th[scope=row]{white-space:normal}thead th{border:0;color:var(--muted);font-size:.85rem}td{font-variant-numeric:tabular-nums}
ol,ul{list-style:none;margin:0;padding:0}
.calendar{display:grid;grid-auto-flow:column;grid-template-rows:repeat(7,1fr);grid-auto-columns:minmax(0,44px);gap:3px}
.calendar li{height:26px;border-radius:4px;display:flex;align-items:center;justify-content:center;font-size:.68rem;font-variant-numeric:tabular-nums;color:#fff}
.calendar .missing{color:var(--muted)}.calendar b{font-size:.62rem}
.verified{background:var(--verified)}.loaded{background:var(--loaded)}.stale{background:var(--stale)}.failed{background:var(--failed)}.running{background:var(--running)}.missing{background:var(--missing)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:12px;color:var(--muted);font-size:.85rem}
.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px}
.failures{margin-top:12px}.failures li{border-left:3px solid var(--failed);padding:2px 0 2px 10px;margin-top:8px}
code{font-size:.85rem;color:var(--muted)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(300px,100%),1fr));gap:16px}
figure{margin:0;min-width:0}figcaption{color:var(--muted)}figcaption b{color:var(--text);margin-right:6px}
svg{display:block;width:100%;height:auto}`;
