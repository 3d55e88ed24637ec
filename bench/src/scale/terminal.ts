// The tables of bench:scale on a terminal.

import type { Conditions } from "../conditions.js";
import { textTable } from "../text-table.js";
import { searchColumns, storageColumns, type Column } from "./columns.js";
import { compareWithClaims } from "./earlier-claims.js";
import { fitText } from "./page.js";
import type { ScaleResults } from "./results.js";
import { warningsOf, type SetSummary, type SizeSummary } from "./summary.js";

/** Everything, line by line. */
export function terminalReport(results: ScaleResults, summaries: readonly SetSummary[]): string[] {
  const warnings = warningsOf(results, summaries);
  return [
    ...conditionLines(results.conditions, results.repetitions),
    ...summaries.flatMap(setLines),
    ...(warnings.length === 0 ? [] : ["", ...warnings.map((text) => `WARNING  ${text}`)]),
  ];
}

function conditionLines(conditions: Conditions, repetitions: number): string[] {
  const { processor, cores, node, system, commit, command, fileSystem } = conditions;
  return [
    `${processor.trim()}, ${cores} cores, ${system}, ${fileSystem}, Node ${node}, commit ${commit}`,
    `${command}, medians of ${repetitions}`,
  ];
}

function setLines(summary: SetSummary): string[] {
  const { set, sizes } = summary;
  const columns = searchColumns(set);
  const groups = [...new Set(columns.map(({ group }) => group))];
  // All at once would be wider than most terminals.
  const tables = [
    storageColumns,
    ...groups.map((group) => columns.filter((column) => column.group === group)),
  ];
  return [
    "",
    `${set.name}, ${set.dimension} dimensions, ${set.metric}: ${set.title}; ${set.queryCount} queries, seed ${set.seed}`,
    `${set.contender.name} ${set.contender.version}, ${set.contender.settings}`,
    ...tables.flatMap((some) => ["", ...indented(sizesTable(sizes, some))]),
    "",
    `  ${fitText(summary)}`,
    ...claimLines(summary),
  ];
}

function sizesTable(sizes: readonly SizeSummary[], columns: readonly Column[]): string[] {
  const rows = sizes.map((size) => ({
    name: size.n.toLocaleString("en"),
    cells: columns.map(({ cell }) => cell(size)),
  }));
  return textTable({ corner: "rows", columns, rows });
}

function claimLines(summary: SetSummary): string[] {
  const claims = compareWithClaims(summary);
  if (claims === undefined) return [];
  const table = textTable({
    corner: "",
    columns: [
      { group: "", head: "claimed" },
      { group: "", head: "measured here, same sizes" },
    ],
    rows: claims.map(({ what, claimed, measured }) => ({ name: what, cells: [claimed, measured] })),
  });
  return [
    "",
    "  What it answers: an earlier OmenDB for 5,000 to 25,000 × 768, on another machine",
    ...indented(table),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
