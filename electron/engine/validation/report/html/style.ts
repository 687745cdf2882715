/** Style of the HTML report: system fonts, both colour schemes, and paper. Tokens as in the wizard. */
export const reportStyle = `
:root{color-scheme:light dark;--page:#f4f6f7;--paper:#fff;--line:#dde1e5;--strong:#87919b;--text:#14191e;--text2:#434d57;--text3:#5a646e;--ok:#17633a;--ok-soft:#e5f2ea;--warn:#7a4a00;--warn-soft:#fbf1dd;--err:#a02018;--err-soft:#fbeae8;--open:#0f5e75;--open-soft:#e2eff3}
@media (prefers-color-scheme:dark){:root{--page:#0f1317;--paper:#181e24;--line:#2a323a;--strong:#6a7682;--text:#e6eaed;--text2:#b7c0c8;--text3:#96a2ad;--ok:#7fcb9b;--ok-soft:#152b1f;--warn:#e6b768;--warn-soft:#292110;--err:#f39a90;--err-soft:#2d1917;--open:#74c4d8;--open-soft:#17323b}}
*{box-sizing:border-box}
html{font:14px/1.5 "Inter Variable",Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;background:var(--page);color:var(--text);-webkit-text-size-adjust:100%}
body{margin:0}
main{max-width:1020px;margin:0 auto;padding:28px 20px 60px}
header,section{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:22px 28px;margin-bottom:14px}
h1{font-size:24px;line-height:1.25;letter-spacing:-.015em;margin:6px 0 6px;font-weight:600;overflow-wrap:anywhere}
h2{font-size:17px;letter-spacing:-.01em;margin:0 0 4px;font-weight:600}
h3{font-size:14px;margin:22px 0 6px;font-weight:600}
p{margin:0 0 8px;max-width:76ch}
.about{color:var(--text3);margin-bottom:14px}
.eyebrow{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px;align-items:center;color:var(--text3);margin:0;max-width:none}
.lead{font-size:15px;color:var(--text2);max-width:80ch}
.tag{display:inline-flex;gap:7px;align-items:center;padding:2px 10px;border-radius:4px;font-weight:600;border:1px solid currentColor;white-space:nowrap}
.tag svg{flex:none}
.ok{color:var(--ok)}.warning{color:var(--warn)}.error,.critical{color:var(--err)}.open{color:var(--open)}.info{color:var(--text2)}
.tag.ok{background:var(--ok-soft)}.tag.warning{background:var(--warn-soft)}.tag.error{background:var(--err-soft)}.tag.open{background:var(--open-soft)}
dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr) max-content minmax(0,1fr);gap:5px 16px;margin:18px 0 0;padding-top:16px;border-top:1px solid var(--line)}
dl.facts.one{grid-template-columns:max-content minmax(0,1fr);margin:0;padding:0;border:0}
dt{color:var(--text3)}dd{margin:0;overflow-wrap:anywhere}
code{font-family:"JetBrains Mono Variable","JetBrains Mono",ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px;overflow-wrap:anywhere}
nav ol{columns:3;list-style:decimal inside;margin:4px 0 0;padding:0}
nav li{padding:1px 0;color:var(--text3)}
a{color:var(--open);text-underline-offset:2px}
.equation{display:flex;flex-wrap:wrap;gap:6px 20px;align-items:flex-end;margin:8px 0 18px}
.equation div span{display:block;color:var(--text3)}
.equation b{font-size:26px;line-height:1.2;font-weight:600;letter-spacing:-.02em}
.equation i{font-style:normal;font-size:22px;color:var(--text3)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:500;color:var(--text3);font-size:12.5px;vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:500}
tfoot th,tfoot td{font-weight:600;border-top:1px solid var(--strong);border-bottom:0}
.num{text-align:right;white-space:nowrap}
.nw{white-space:nowrap}
.sub{display:block;color:var(--text3);font-size:12.5px}
.hash{font-size:12px}
ul{margin:0 0 8px;padding-left:20px}
li{max-width:80ch}
footer{color:var(--text3);padding:4px 28px}
.st{display:inline-flex;gap:7px;align-items:flex-start}
.st svg{flex:none;margin-top:3px}
@media (max-width:720px){dt{overflow-wrap:anywhere}dl.facts,dl.facts.one{grid-template-columns:minmax(80px,max-content) minmax(0,1fr)}dl.facts{grid-template-columns:max-content minmax(0,1fr)}nav ol{columns:1}header,section{padding:16px}}
@media print{
:root{color-scheme:light;--page:#fff;--paper:#fff;--line:#cfd5da;--strong:#5a646e;--text:#000;--text2:#222;--text3:#444;--ok:#17633a;--ok-soft:#fff;--warn:#7a4a00;--warn-soft:#fff;--err:#a02018;--err-soft:#fff;--open:#0f5e75;--open-soft:#fff}
@page{size:A4;margin:16mm 14mm 18mm}
html{font-size:10.5px}
main{max-width:none;padding:0}
header,section{border:0;border-radius:0;padding:0;margin:0 0 20px}
table{font-size:9.5px}code,.hash{font-size:8.5px}thead th,.sub{font-size:9px}.lead{font-size:12px}h3{font-size:11.5px;margin-top:14px}
.equation b{font-size:18px}.equation i{font-size:14px}th,td{padding:3px 10px 3px 0}svg{width:10px;height:10px}.st svg{margin-top:2px}
dl.facts{grid-template-columns:max-content minmax(0,1fr) max-content minmax(0,1fr)}dl.facts.one{grid-template-columns:max-content minmax(0,1fr)}
h1{font-size:19px}h2{font-size:14px;border-top:1px solid var(--strong);padding-top:10px}
h2,h3,.about{break-after:avoid}tr,.equation,dl.facts{break-inside:avoid}thead{display:table-header-group}tfoot{display:table-row-group}
.scroll{overflow:visible}nav{display:none}a{color:inherit;text-decoration:none}
}`;
