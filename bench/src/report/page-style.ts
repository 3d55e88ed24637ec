// The style of reports: one column of text, figures two abreast, figures of numbers that stand under each other. Light
// and dark by what the reader's system prefers. Colours of drawings are variables, named by what they are for.

const light = `
  --paper: #fbfbf9; --card: #ffffff; --ink: #1c2126; --soft: #5d6770; --faint: #8b949c;
  --rule: #e3e5e3; --grid: #eceeec; --guide: #c3c9cf; --warn: #8a5a00; --warn-paper: #fff6e0; --warn-rule: #f0d9a0;
  --accent: #2657c1;
  --step-0: #1f9e89; --step-1: #2390a8; --step-2: #2d7dbd; --step-3: #4a66c6; --step-4: #6c50bf;
  --step-5: #8f3fa9; --step-6: #b23485; --step-7: #cb3a57;
  --part-0: #b9c2cb; --part-1: #7d8b99; --part-2: #2d7dbd; --part-3: #1f9e89; --part-4: #e0a33a;
  --part-5: #b5588f; --part-6: #6c50bf;`;

const dark = `
  --paper: #14171a; --card: #1b1f23; --ink: #e8eaec; --soft: #a2abb3; --faint: #7b858e;
  --rule: #2c3238; --grid: #262b30; --guide: #4a535b; --warn: #f0c674; --warn-paper: #2a2414; --warn-rule: #4d4222;
  --accent: #7fa7ff;
  --step-0: #4fd0b8; --step-1: #4fc1d8; --step-2: #63aef0; --step-3: #8797f2; --step-4: #a784ee;
  --step-5: #cb78dd; --step-6: #ea6fb4; --step-7: #fb7a90;
  --part-0: #4a535c; --part-1: #77838f; --part-2: #5aa5e6; --part-3: #45c4ac; --part-4: #e5b45a;
  --part-5: #d985b6; --part-6: #a784ee;`;

/** The style sheet. */
export const pageStyle = `
:root {${light}
}
@media (prefers-color-scheme: dark) { :root {${dark}
} }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1320px; margin: 0 auto; padding: 56px 28px 80px; }
header h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 8px; font-weight: 680; }
header p { margin: 0; color: var(--soft); }
h2 { font-size: 23px; letter-spacing: -0.01em; margin: 64px 0 4px; font-weight: 650; }
h2 + p { margin: 0 0 20px; color: var(--soft); max-width: 78ch; }
h3 { font-size: 16px; margin: 0; font-weight: 620; }
p.note, ul.note { color: var(--soft); font-size: 14px; max-width: 92ch; }
dl { margin: 0; }
dd { margin: 0; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(168px, 1fr)); gap: 12px; margin: 20px 0 0; }
.key > div { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 14px 16px 12px;
  display: flex; flex-direction: column; justify-content: space-between; gap: 6px; }
.key dt { font-size: 13px; line-height: 1.35; color: var(--soft); }
.key dd { font-size: 27px; line-height: 1.1; font-weight: 640; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.key dd span { font-size: 14px; font-weight: 450; letter-spacing: 0; color: var(--soft); }
.warnings { background: var(--warn-paper); border: 1px solid var(--warn-rule); color: var(--warn); border-radius: 10px;
  padding: 14px 18px; margin: 24px 0 0; font-size: 14.5px; }
.warnings h2 { margin: 0 0 4px; font-size: 15px; letter-spacing: 0; }
.warnings ul { margin: 0; padding-left: 18px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 20px; margin: 20px 0; }
figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 18px 20px 12px;
  display: flex; flex-direction: column; justify-content: space-between; }
figcaption p { margin: 2px 0 8px; color: var(--soft); font-size: 13.5px; line-height: 1.45; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
.legend { list-style: none; margin: 0 0 6px; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; }
.legend li { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; }
.legend svg { width: 22px; flex: none; }
.legend i { width: 11px; height: 11px; border-radius: 3px; flex: none; }
svg text { font-family: inherit; font-variant-numeric: tabular-nums; }
.tick { font-size: 12px; fill: var(--soft); }
.label { font-size: 12px; fill: var(--soft); }
.value { font-size: 12px; fill: var(--ink); font-weight: 560; }
.grid { stroke: var(--grid); stroke-width: 1; }
.base, .notch { stroke: var(--guide); stroke-width: 1; }
.guide { stroke: var(--guide); stroke-width: 1.25; stroke-dasharray: 2 4; }
circle { stroke: var(--card); stroke-width: 1; }
circle:hover { stroke: var(--ink); }
.table { overflow-x: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; margin: 14px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; line-height: 1.4; }
th, td { padding: 7px 6px; text-align: right; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 520; font-size: 12px; vertical-align: bottom; }
thead tr:first-child th { padding-bottom: 0; color: var(--ink); font-weight: 600; }
thead tr:last-child th { border-bottom: 1px solid var(--rule); }
thead th[colspan] { text-align: left; }
thead th[rowspan], tbody th { text-align: left; font-weight: 600; border-right: 0; }
thead th[rowspan] { border-bottom: 1px solid var(--rule); }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
.first { border-left: 1px solid var(--grid); }
th:first-child, td:first-child { padding-left: 16px; }
th:last-child, td:last-child { padding-right: 16px; }
.words table { font-size: 14px; }
.words td, .words th { padding: 9px 14px; white-space: normal; text-align: left; }
.conditions { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 0 32px; font-size: 14px;
  border-top: 1px solid var(--rule); }
.conditions > div { display: grid; grid-template-columns: 120px 1fr; gap: 12px; padding: 7px 0; border-bottom: 1px solid var(--rule); }
.conditions dt { color: var(--soft); }
.conditions dd { overflow-wrap: anywhere; }
@media print { main { padding: 0; max-width: none; } figure, .table { break-inside: avoid; } }
`;
