// The figures of kernels as text: medians of all rounds, and what part of the limit the faster build reaches.

import { median } from "../measure.js";
import { textTable } from "../text-table.js";
import type { KernelCase } from "./kernel-case.js";

/** Columns of a contender: nanoseconds a unit, and GB/s of the bytes that it stands for. */
const rateOf = (name: string): readonly Column[] => [
  { group: name, head: "ns", cell: ({ outcome }) => number(median(outcome[name] ?? [])) },
  {
    group: name,
    head: "GB/s",
    cell: ({ outcome, bytes }) => number((bytes ?? Number.NaN) / median(outcome[name] ?? [])),
  },
];

/** The time of another contender in that of the faster build. */
const shareOf = (head: string, name: string, format: (value: number) => string): Column => ({
  group: "faster build",
  head,
  cell: ({ outcome }) =>
    format(median(outcome[name] ?? []) / median(outcome["relaxed"] ?? outcome["baseline"]!)),
});

interface Column {
  readonly group: string;
  readonly head: string;
  readonly cell: (one: KernelCase) => string;
}

const columns: readonly Column[] = [
  { group: "", head: "rows", cell: ({ rowCount }) => String(rowCount) },
  { group: "", head: "bytes", cell: ({ bytes }) => (bytes === undefined ? "" : bytes.toFixed(0)) },
  ...rateOf("baseline"),
  ...rateOf("relaxed"),
  ...rateOf("scalar").slice(0, 1),
  ...rateOf("copy"),
  ...rateOf("read"),
  ...rateOf("touch").slice(0, 1),
  shareOf("× baseline", "baseline", number),
  shareOf("× scalar", "scalar", number),
  shareOf("of copy", "copy", percent),
  shareOf("of read", "read", percent),
];

/** Lines for the cases of one dimension and kind of code. */
export function kernelTable(cases: readonly KernelCase[]): string[] {
  const rows = cases.map((one) => ({
    name: one.unit === "row" ? one.kernel : `${one.kernel} (a ${one.unit})`,
    cells: columns.map(({ cell }) => cell(one)),
  }));
  return textTable({ corner: "", columns, rows });
}

function number(value: number): string {
  if (Number.isNaN(value)) return "";
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function percent(value: number): string {
  return Number.isNaN(value) ? "" : `${(100 * value).toFixed(0)} %`;
}
