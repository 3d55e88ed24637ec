// A table of figures whose columns stand in groups.

import { escapeText } from "./markup.js";

/** Columns with their cells, row by row. */
export interface DataTable {
  /** Head of the first column, which names the rows. */
  readonly corner: string;
  readonly columns: readonly { readonly group: string; readonly head: string }[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
}

/** The table as HTML; wide ones scroll by themselves. */
export function dataTable({ corner, columns, rows }: DataTable): string {
  const groups: { name: string; span: number }[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last?.name === group) last.span++;
    else groups.push({ name: group, span: 1 });
  }
  const starts = new Set(columns.flatMap(({ group }, i) => (columns[i - 1]?.group === group ? [] : [i])));
  const mark = (i: number): string => (starts.has(i) ? ' class="first"' : "");
  const groupHeads = groups.map(
    ({ name, span }) => `<th class="first" colspan="${span}" scope="colgroup">${escapeText(name)}</th>`,
  );
  const heads = columns.map(({ head }, i) => `<th${mark(i)} scope="col">${escapeText(head)}</th>`);
  const body = rows.map(
    ({ name, cells }) =>
      `<tr><th scope="row">${escapeText(name)}</th>${cells.map((cell, i) => `<td${mark(i)}>${escapeText(cell)}</td>`).join("")}</tr>`,
  );
  return `<div class="table"><table><thead><tr><th rowspan="2" scope="col">${escapeText(corner)}</th>${groupHeads.join("")}</tr><tr>${heads.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}
