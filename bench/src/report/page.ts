// The shell of a report: one HTML file with everything in it, which loads nothing and runs no script.

import { escapeText } from "./markup.js";
import { pageStyle } from "./page-style.js";

/** A page and its parts, which are HTML already. */
export interface Page {
  readonly title: string;
  /** What it is and of when, under the title. */
  readonly subtitle: string;
  readonly sections: readonly string[];
}

/** The whole file. */
export function renderPage({ title, subtitle, sections }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header><h1>${escapeText(title)}</h1><p>${escapeText(subtitle)}</p></header>
${sections.join("\n")}
</main>
</body>
</html>
`;
}

/** Large figures side by side, each with what it is. */
export function keyFigures(figures: readonly { value: string; unit: string; what: string }[]): string {
  const cards = figures.map(
    ({ value, unit, what }) =>
      `<div><dt>${escapeText(what)}</dt><dd>${escapeText(value)} <span>${escapeText(unit)}</span></dd></div>`,
  );
  return `<dl class="key">${cards.join("")}</dl>`;
}

/** Names with their values. */
export function definitions(list: readonly { name: string; value: string }[]): string {
  const rows = list.map(
    ({ name, value }) => `<div><dt>${escapeText(name)}</dt><dd>${escapeText(value)}</dd></div>`,
  );
  return `<dl class="conditions">${rows.join("")}</dl>`;
}
