// The tables of bench:peers on a terminal: what each contender costs, how it searches at each recall, by default and
// among the rows of a group. Ratios are to OmenDB, which is the first row: a figure divided by OmenDB's.

import type { Conditions } from "../conditions.js";
import { textTable, type TextTable } from "../text-table.js";
import type { ContenderResults, PeersResults } from "./results.js";
import {
  ratioText,
  searchesAtTarget,
  summariseCosts,
  summariseSearches,
  type CostSummary,
  type SearchSummary,
} from "./summary.js";

const none = "–";
const overOmendb = "÷ OmenDB's";

/** Everything, line by line. */
export function terminalReport(results: PeersResults): string[] {
  const { targets, contenders } = results;
  return [
    ...conditionLines(results),
    "",
    ...textTable(costTable(results)),
    ...targets.flatMap((target, i) => [
      "",
      `recall@${results.limit} ≥ ${target}: the smallest setting that reaches it`,
      ...textTable(searchTable(contenders, searchesAtTarget(results, i))),
    ]),
    "",
    "the setting of those who set nothing",
    ...textTable(searchTable(contenders, contenders.map(defaultSearches))),
    "",
    ...filteredLines(results),
    "",
    ...contenders.map(settingsLine),
    ...leftOutLines(results),
  ];
}

function conditionLines({ conditions, data, rounds, others }: PeersResults): string[] {
  const { processor, cores, node, system, commit, command, fileSystem } = conditions satisfies Conditions;
  const share = (part: number | undefined): string =>
    part === undefined ? "an unknown share" : `${(100 * part).toFixed(0)} %`;
  return [
    `${processor.trim()}, ${cores} cores, ${system}, ${fileSystem}, Node ${node}, commit ${commit}`,
    command,
    `${data.name}, ${data.n.toLocaleString("en")} × ${data.dimension}, ${data.metric}: ${data.title}; ` +
      `${data.queryCount} queries, seed ${data.seed}`,
    `built one after the other, then searched in turn, one query at a time, medians of ${rounds} rounds; others used ` +
      `${share(others.building)} of the machine while building, ${share(others.searching)} while searching`,
  ];
}

function costTable({ contenders, data }: PeersResults): TextTable {
  const costs = contenders.map((one) => summariseCosts(one, data.n));
  const omendb = costs[0]!;
  const whole = (value: number | undefined): string => (value === undefined ? none : value.toFixed(0));
  const ratio = (of: (one: CostSummary) => number | undefined) => (one: CostSummary) =>
    ratioText(of(one), of(omendb));
  const columns: { group: string; head: string; cell: (one: CostSummary) => string }[] = [
    { group: "inserts a second", head: "acknowledged", cell: (one) => whole(one.acknowledgedPerSecond) },
    { group: "inserts a second", head: "linked", cell: (one) => whole(one.linkedPerSecond) },
    { group: "bytes a vector", head: "resident", cell: (one) => whole(one.residentBytes) },
    { group: "bytes a vector", head: "file-backed", cell: (one) => whole(one.fileBackedBytes) },
    { group: "bytes a vector", head: "on disk", cell: (one) => whole(one.diskBytes) },
    { group: "", head: "reopened ms", cell: (one) => whole(one.reopenMs) },
    { group: overOmendb, head: "ack.", cell: ratio((one) => one.acknowledgedPerSecond) },
    { group: overOmendb, head: "linked", cell: ratio((one) => one.linkedPerSecond) },
    { group: overOmendb, head: "resident", cell: ratio((one) => one.residentBytes) },
    { group: overOmendb, head: "on disk", cell: ratio((one) => one.diskBytes) },
  ];
  return {
    corner: "",
    columns,
    rows: costs.map((one, i) => ({
      name: contenders[i]!.facts.name,
      cells: columns.map(({ cell }) => cell(one)),
    })),
  };
}

type Searched = SearchSummary | { readonly bestRecall: number };

function searchTable(contenders: readonly ContenderResults[], searched: readonly Searched[]): TextTable {
  const [omendb] = searched;
  const own = omendb !== undefined && "p50Ms" in omendb ? omendb : undefined;
  return {
    corner: "",
    columns: [
      { group: "", head: "setting" },
      { group: "", head: "recall" },
      ...["p50", "p95", "p99"].map((head) => ({ group: "µs a search", head })),
      { group: "searches", head: "a second" },
      { group: overOmendb, head: "p50" },
      { group: overOmendb, head: "p99" },
      { group: overOmendb, head: "a second" },
    ],
    rows: searched.map((one, i) => ({
      name: contenders[i]!.facts.name,
      cells: searchCells(contenders[i]!, one, own),
    })),
  };
}

function searchCells(
  { facts }: ContenderResults,
  one: Searched,
  omendb: SearchSummary | undefined,
): string[] {
  if ("bestRecall" in one) {
    return [`not reached (best ${one.bestRecall.toFixed(3)})`, ...Array.from({ length: 8 }, () => none)];
  }
  return [
    `${facts.parameter} ${one.parameter}`,
    one.recall.toFixed(4),
    ...[one.p50Ms, one.p95Ms, one.p99Ms].map(microseconds),
    one.perSecond.toFixed(0),
    ratioText(one.p50Ms, omendb?.p50Ms),
    ratioText(one.p99Ms, omendb?.p99Ms),
    ratioText(one.perSecond, omendb?.perSecond),
  ];
}

function defaultSearches({ searches, facts }: ContenderResults): SearchSummary {
  return summariseSearches(searches, facts.parameterDefault)!;
}

function filteredLines({ contenders, filtered, limit, data }: PeersResults): string[] {
  const summaries = contenders.map(({ filteredSearches: rounds }) =>
    rounds.length === 0 ? undefined : summariseSearches(rounds, rounds[0]!.parameter),
  );
  const omendb = summaries[0];
  return [
    `among the ${filtered.rowCount} of ${data.n} rows (${(100 * filtered.share).toFixed(1)} %) of one group, with the setting ` +
      "for the highest recall reached above",
    ...textTable({
      corner: "",
      columns: [
        { group: "", head: "setting" },
        { group: "", head: "recall" },
        { group: "", head: `hits of ${Math.min(limit, filtered.rowCount)}` },
        { group: "µs a search", head: "p50" },
        { group: "µs a search", head: "p99" },
        { group: overOmendb, head: "p50" },
      ],
      rows: summaries.map((one, i) => ({
        name: contenders[i]!.facts.name,
        cells:
          one === undefined
            ? ["has no filter", ...Array.from({ length: 5 }, () => none)]
            : [
                `${contenders[i]!.facts.parameter} ${one.parameter}`,
                one.recall.toFixed(4),
                one.returned.toFixed(2),
                microseconds(one.p50Ms),
                microseconds(one.p99Ms),
                ratioText(one.p50Ms, omendb?.p50Ms),
              ],
      })),
    }),
  ];
}

function settingsLine({ facts, build }: ContenderResults): string {
  return `${facts.name} ${facts.version}: ${facts.settings}; acknowledged: ${build.durability}`;
}

/** Loud, since a table without a row looks complete. */
function leftOutLines({ contenders, leftOut }: PeersResults): string[] {
  const lines = leftOut.map(({ name, reason }) => `LEFT OUT  ${name}: ${reason}`);
  if (contenders.length === 1) lines.push("NO PEER WAS MEASURED: these are OmenDB's figures alone.");
  return lines.length === 0 ? [] : ["", ...lines];
}

function microseconds(ms: number): string {
  return (ms * 1000).toFixed(0);
}
