// A table for terminals: the first column to the left, the others to the right, heads in groups above them.

/** A table. Columns that follow each other in one group stand under its name. */
export interface TextTable {
  /** Head of the first column, which names the rows. */
  readonly corner: string;
  readonly columns: readonly { readonly group: string; readonly head: string }[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
}

const gap = "  ";

/** Its lines; the one of the groups is left out if none has a name. */
export function textTable({ corner, columns, rows }: TextTable): string[] {
  const nameWidth = Math.max(corner.length, ...rows.map(({ name }) => name.length));
  const widths = columns.map(({ head }, i) =>
    Math.max(head.length, ...rows.map(({ cells }) => cells[i]!.length)),
  );
  const groups = groupsOf(columns);
  // A group whose name is longer than its columns are widens the last of them.
  for (const { name, from, to } of groups) {
    const width = widths.slice(from, to).reduce((sum, one) => sum + one + gap.length, -gap.length);
    widths[to - 1]! += Math.max(0, name.length - width);
  }
  const line = (name: string, cells: readonly string[]): string =>
    [name.padEnd(nameWidth), ...cells.map((cell, i) => cell.padStart(widths[i]!))].join(gap).trimEnd();
  const rule = (width: number): string => "─".repeat(width);
  const above = groups.map(({ name, from, to }) => {
    const width = widths.slice(from, to).reduce((sum, one) => sum + one + gap.length, -gap.length);
    return name.padStart(width);
  });
  return [
    ...(groups.some(({ name }) => name !== "") ? [["".padEnd(nameWidth), ...above].join(gap).trimEnd()] : []),
    line(
      corner,
      columns.map(({ head }) => head),
    ),
    [nameWidth, ...widths].map(rule).join(gap),
    ...rows.map(({ name, cells }) => line(name, cells)),
  ];
}

/** Columns `from` … `to` that follow each other in one group. */
function groupsOf(columns: TextTable["columns"]): { name: string; from: number; to: number }[] {
  const groups: { name: string; from: number; to: number }[] = [];
  for (const [i, { group }] of columns.entries()) {
    const last = groups.at(-1);
    if (last?.name === group) last.to = i + 1;
    else groups.push({ name: group, from: i, to: i + 1 });
  }
  return groups;
}
