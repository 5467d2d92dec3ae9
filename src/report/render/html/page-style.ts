/** The whole style of the page. Colours are variables, so that charts follow light and dark too. */
export const pageStyle = `
:root{color-scheme:light dark;--page:#fff;--text:#1b1f24;--muted:#666e78;--faint:#b4bac2;--line:#e6e8eb;--soft:#f5f6f8;
--s1:#2f66c9;--s1-soft:#9dbbee;--s1-pale:#dbe6f8;--s2:#d9822b;--s3:#2b938a;--s4:#8a5bc4;--s5:#b0497d;--s6:#7a7f36;
--edge:rgb(27 31 36/.16);--ok:#8fb6a0;--bad:#c93c37;--good-text:#1d6b41;--warn-text:#8a5a00}
@media (prefers-color-scheme:dark){:root{--page:#15181c;--text:#e4e7eb;--muted:#98a1ac;--faint:#5b636d;--line:#2a2f36;--soft:#1d2126;
--s1:#7ba6f2;--s1-soft:#466294;--s1-pale:#28354c;--s2:#e6a45c;--s3:#5cbdb3;--s4:#b392e0;--s5:#da85af;--s6:#b3b866;
--edge:rgb(0 0 0/.6);--ok:#4f7a63;--bad:#ec7c76;--good-text:#76c79b;--warn-text:#e0b45c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1140px;margin:0 auto;padding:2.5rem 1.5rem 4rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .3rem;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:3rem 0 .15rem;letter-spacing:-.005em}
h3{font-size:.95rem;margin:1.75rem 0 .15rem}
p{margin:.3rem 0}
.sub,.note{color:var(--muted);font-size:.9rem}
.sub{overflow-wrap:anywhere}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
a{color:inherit}
a.def{text-decoration:none;border-bottom:1px dotted var(--faint)}
a.def:hover{border-bottom:1px solid}
.verdict{margin:1.25rem 0 0;padding-left:.9rem;border-left:4px solid var(--warn-text)}
.verdict.valid{border-color:var(--good-text)}.verdict.invalid{border-color:var(--bad)}
.verdict b{color:var(--warn-text)}.verdict.valid b{color:var(--good-text)}.verdict.invalid b{color:var(--bad)}
.verdict .loss{color:var(--warn-text)}
.verdict ul{margin:.4rem 0;padding-left:1.1rem}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:1.6rem 1.5rem;margin:2rem 0 0;padding:1.6rem 0;border-block:1px solid var(--line)}
.tiles dt{color:var(--muted);font-size:.85rem}
.tiles dd{margin:0}
.tiles .value{font-size:1.65rem;line-height:1.25;font-weight:600;letter-spacing:-.015em}
.tiles .detail{color:var(--muted);font-size:.82rem;line-height:1.35}
.tiles .detail>span{display:inline-block}
.scroll{overflow-x:auto;margin:.75rem 0 0;-webkit-overflow-scrolling:touch;
background:linear-gradient(to left,var(--page) 50%,transparent) right/2rem 100% no-repeat local,linear-gradient(to left,var(--edge),transparent) right/.9rem 100% no-repeat scroll}
.scroll:focus-visible{outline:2px solid var(--s1);outline-offset:3px}
table{border-collapse:separate;border-spacing:0;font-size:.86rem;min-width:100%}
th,td{padding:.4rem .55rem;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line);font-weight:400}
th:first-child,td:first-child{padding-left:0;position:sticky;left:0;z-index:1;background:var(--page)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-size:.8rem;vertical-align:bottom}
thead tr:last-child th{border-bottom-color:var(--faint)}
tr.groups td,tr.groups th{border:0;padding-bottom:0}
th.group{text-align:center;position:relative}
th.group::after{content:"";position:absolute;left:.55rem;right:.55rem;bottom:0;border-bottom:1px solid var(--line)}
th.num,td.num{text-align:right}
.weak{color:var(--faint)}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:2.25rem 2.5rem;margin-top:1.25rem}
figure{margin:0;min-width:0}
figcaption{font-size:.92rem;font-weight:600}
figcaption small{color:var(--muted);font-weight:400;font-size:.82rem}
figure svg{display:block;width:100%;height:auto;margin-top:.4rem;overflow:visible}
figure .narrow{display:none}
.keys{display:flex;flex-wrap:wrap;gap:.1rem 1rem;color:var(--muted);font-size:.82rem}
.keys i{display:inline-block;width:.7em;height:.7em;border-radius:2px;margin-right:.4em}
.cols{display:grid;grid-template-columns:1fr 1fr;gap:0 3rem}
.cols.uneven{grid-template-columns:3fr 2fr}
.cols>*{min-width:0}
#arms .scroll+.scroll{margin-top:1.75rem}
.slow{list-style:none;margin:1rem 0 0;padding:0}
.slow li{padding:.8rem 0;border-bottom:1px solid var(--line)}
.slow-head span{color:var(--muted);font-size:.88rem;margin-left:.4rem;overflow-wrap:anywhere}
.bad{color:var(--bad);font-weight:600}
.lane{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:1rem;align-items:center;font-size:.82rem;color:var(--muted)}
.lane span{overflow-wrap:anywhere}
.track{position:relative;height:9px;background:var(--soft);border-radius:2px;overflow:hidden}
.track i{position:absolute;top:0;bottom:0;min-width:1px}
.wait{background:var(--s1-soft)}.answer{background:var(--s1)}.fail{background:var(--bad)}
.ids{color:var(--muted);font-size:.78rem}
.ids span{margin-left:.6rem}
.defs{display:grid;grid-template-columns:11rem 1fr;gap:.5rem 1.5rem;font-size:.87rem;margin:1rem 0 0}
.defs dt{font-weight:600}
.defs dd{margin:0;color:var(--muted);overflow-wrap:anywhere}
.defs dd b{color:var(--text);font-weight:400}
.defs :target{background:var(--soft);box-shadow:0 0 0 .3rem var(--soft)}
@media (max-width:900px){.charts,.cols,.cols.uneven{grid-template-columns:1fr}.tiles{grid-template-columns:repeat(2,1fr)}}
@media (max-width:600px){main{padding:1.5rem 1rem 3rem}h1{font-size:1.4rem}h2{margin-top:2.25rem}
.tiles{gap:1.2rem 1rem;padding:1.2rem 0}.tiles .value{font-size:1.3rem}
table{font-size:.82rem}th,td{padding:.4rem .4rem}#arms th[scope=row]{white-space:normal;min-width:6.5rem}#arms .cols>div+div{margin-top:1rem}
figure .wide{display:none}figure .narrow{display:block}
.lane{grid-template-columns:1fr;gap:.15rem;margin-bottom:.4rem}.ids span{display:block;margin-left:0}
.defs{grid-template-columns:1fr;gap:.1rem}.defs dd{margin-bottom:.7rem}}
@media print{.scroll{background:none}main{max-width:none;padding:0}.scroll{overflow:visible}figure,.slow li{break-inside:avoid}}
`
