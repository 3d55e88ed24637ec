// The charts of one data set in the report of bench:scale.

import type { SearchFigures } from "../contender-protocol.js";
import { logScale, logScaleOf, recallScale, shortNumber } from "../report/axis-scale.js";
import { lineChart, type ChartPoint, type Series } from "../report/line-chart.js";
import { stackedBars } from "../report/stacked-bars.js";
import { recallTargets, type SetSummary, type SizeSummary } from "./summary.js";

const rowsLabel = "rows, logarithmic";

/** Colours of a ramp: the first is the smallest. */
function stepColor(i: number, count: number): string {
  return `var(--step-${count < 2 ? 3 : Math.round((i * 7) / (count - 1))})`;
}

/** All charts, as HTML. Those of growth need two sizes. */
export function chartsOf(summary: SetSummary): string[] {
  const growth = summary.sizes.length < 2 ? [] : [latencyGrowth, distanceGrowth, insertGrowth, byteGrowth];
  const all = [recallAgainstLatency, ...growth, memoryByComponent].map((chart) => chart(summary));
  return all.filter((chart) => chart !== undefined);
}

function recallAgainstLatency({ set, sizes }: SetSummary): string {
  const { parameter } = set.contender;
  const all = sizes.flatMap(({ curve }) => curve);
  const series = sizes.map(({ n, curve }, i): Series => ({
    name: `${n.toLocaleString("en")} rows`,
    color: stepColor(i, sizes.length),
    points: curve.map((figures) => ({
      x: figures.recall,
      y: figures.p50Ms * 1000,
      hint: `${parameter} ${figures.parameter} asked, recall ${figures.recall.toFixed(4)}, ${microseconds(figures.p50Ms)}`,
    })),
  }));
  return lineChart({
    title: "Recall against latency",
    note: `One point for each ${parameter} that was asked for. Further right finds more, lower is faster; dotted: ${recallTargets.join(" and ")}.`,
    x: { label: "recall@10", scale: recallScale(all.map(({ recall }) => recall)) },
    y: { label: "µs a search, median, logarithmic", scale: logScale(all.map(({ p50Ms }) => p50Ms * 1000)) },
    series,
    guides: recallTargets,
  });
}

/** A line of one quantity over n; sizes without it are left out. */
function growthSeries(
  sizes: readonly SizeSummary[],
  line: Omit<Series, "points">,
  pick: (size: SizeSummary) => { readonly y: number; readonly hint: string } | undefined,
): Series {
  const points = sizes.flatMap((size): ChartPoint[] => {
    const found = pick(size);
    if (found === undefined || !Number.isFinite(found.y)) return [];
    return [{ x: size.n, y: found.y, hint: `${size.n.toLocaleString("en")} rows, ${found.hint}` }];
  });
  return { ...line, points };
}

/** A chart of lines over n; undefined if none has a point. */
function growthChart(
  sizes: readonly SizeSummary[],
  chart: { readonly title: string; readonly note: string; readonly yLabel: string },
  series: readonly Series[],
): string | undefined {
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  if (values.length === 0) return undefined;
  return lineChart({
    title: chart.title,
    note: chart.note,
    x: { label: rowsLabel, scale: logScaleOf(sizes.map(({ n }) => n)) },
    y: { label: chart.yLabel, scale: logScale(values) },
    series: series.filter(({ points }) => points.length > 0),
  });
}

function unreachedNote(sizes: readonly SizeSummary[]): string {
  const missing = recallTargets.flatMap((target, i) => {
    const lacking = sizes
      .filter(({ atTargets }) => atTargets[i] === undefined)
      .map(({ n }) => shortNumber(n));
    return lacking.length === 0 ? [] : [`${target} is not reached at ${lacking.join(", ")} rows`];
  });
  return missing.length === 0 ? "" : ` ${missing.join("; ")}.`;
}

function latencyGrowth({ sizes }: SetSummary): string | undefined {
  const at = (target: number, pick: (figures: SearchFigures) => number) => (size: SizeSummary) => {
    const figures = size.atTargets[target];
    return figures && { y: pick(figures) * 1000, hint: microseconds(pick(figures)) };
  };
  return growthChart(
    sizes,
    {
      title: "Latency and n",
      note: `At the smallest setting that reaches the recall. Slow growth is good; none at all would be suspicious.${unreachedNote(sizes)}`,
      yLabel: "µs a search, logarithmic",
    },
    [
      growthSeries(
        sizes,
        { name: "median at 0.95", color: "var(--step-1)" },
        at(0, ({ p50Ms }) => p50Ms),
      ),
      growthSeries(
        sizes,
        { name: "median at 0.99", color: "var(--step-4)" },
        at(1, ({ p50Ms }) => p50Ms),
      ),
      growthSeries(
        sizes,
        { name: "p99 at 0.99", color: "var(--step-7)", style: "dashed" },
        at(1, ({ p99Ms }) => p99Ms),
      ),
    ],
  );
}

function distanceGrowth({ sizes }: SetSummary): string | undefined {
  const at = (target: number) => (size: SizeSummary) => {
    const distances = size.atTargets[target]?.distances;
    return distances === undefined
      ? undefined
      : {
          y: distances,
          hint: `${shortNumber(distances)} distances, ${percent(distances / size.n)} of the rows`,
        };
  };
  return growthChart(
    sizes,
    {
      title: "Distances a query and n",
      note: "Rows a search compares the query with: what latency is made of, whatever the machine. Dashed: every row, as a scan does.",
      yLabel: "distances a query, logarithmic",
    },
    [
      growthSeries(sizes, { name: "at 0.95", color: "var(--step-1)" }, at(0)),
      growthSeries(sizes, { name: "at 0.99", color: "var(--step-4)" }, at(1)),
      growthSeries(sizes, { name: "a scan", color: "var(--faint)", style: "dashed" }, ({ n }) => ({
        y: n,
        hint: "every row",
      })),
    ],
  );
}

function insertGrowth({ sizes, set }: SetSummary): string | undefined {
  const rate = (pick: (size: SizeSummary) => number) => (size: SizeSummary) => ({
    y: pick(size),
    hint: `${shortNumber(pick(size))} a second`,
  });
  const [run] = set.runs;
  return growthChart(
    sizes,
    {
      title: "Inserts and n",
      note: `Acknowledged: ${run!.build.durability}. Linked: until every row is in the graph.`,
      yLabel: "rows a second, logarithmic",
    },
    [
      growthSeries(
        sizes,
        { name: "acknowledged", color: "var(--step-1)" },
        rate((size) => size.acknowledgedPerSecond),
      ),
      growthSeries(
        sizes,
        { name: "linked", color: "var(--step-4)" },
        rate((size) => size.linkedPerSecond),
      ),
    ],
  );
}

function byteGrowth({ sizes, set, residentFit }: SetSummary): string | undefined {
  const each = (pick: (size: SizeSummary) => number) => (size: SizeSummary) => ({
    y: pick(size) / size.n,
    hint: `${Math.round(pick(size) / size.n).toLocaleString("en")} bytes a vector`,
  });
  const fit =
    residentFit === undefined
      ? ""
      : ` Resident is about ${mebibytes(residentFit.fixed)} + ${Math.round(residentFit.slope).toLocaleString("en")} bytes · n.`;
  return growthChart(
    sizes,
    {
      title: "Bytes a vector and n",
      note: `The whole process, Node.js included, over n: what is fixed weighs less with every row. A vector itself has ${(set.dimension * 4).toLocaleString("en")} bytes.${fit}`,
      yLabel: "bytes a vector, logarithmic",
    },
    [
      growthSeries(
        sizes,
        { name: "resident", color: "var(--step-4)" },
        each((size) => size.residentBytes),
      ),
      growthSeries(
        sizes,
        { name: "on disk", color: "var(--step-1)" },
        each((size) => size.bytesOnDisk),
      ),
    ],
  );
}

/** What a component is, for those that do not speak for themselves. */
const componentNames: Readonly<Record<string, string>> = {
  codes: "codes",
  links: "links of the graph",
  originals: "exact vectors",
  bitSets: "bit sets",
  scratch: "scratch of threads",
};

function memoryByComponent({ sizes }: SetSummary): string {
  const [first] = sizes;
  const names = Object.keys(first!.components).filter((name) =>
    sizes.some((size) => size.components[name]! > 0),
  );
  const isKnown = Number.isFinite(first!.residentBytes);
  const parts = [
    ...(isKnown ? ["process before the first row", "store, JavaScript, threads"] : []),
    ...names.map((name) => componentNames[name] ?? name),
  ];
  const bars = sizes.map(({ n, components, residentBytes, residentAtStart }) => {
    const own = names.map((name) => components[name]!);
    const rest = residentBytes - residentAtStart - own.reduce((sum, bytes) => sum + bytes, 0);
    return {
      label: shortNumber(n),
      parts: [...(isKnown ? [residentAtStart, rest] : []), ...own].map(inMebi),
    };
  });
  return stackedBars({
    title: "Memory by component",
    note: isKnown
      ? "RssAnon and RssShmem of the whole process after it was searched, without the data set; pages of files are in the table."
      : "What the index holds; this system does not tell what is resident.",
    xLabel: "rows",
    yLabel: "MiB",
    parts: parts.map((name, i) => ({ name, color: `var(--part-${i})` })),
    bars,
    format: (mebi) => `${mebi.toFixed(mebi < 10 ? 1 : 0)} MiB`,
  });
}

function inMebi(bytes: number): number {
  return bytes / 2 ** 20;
}

function mebibytes(bytes: number): string {
  return `${inMebi(bytes).toFixed(0)} MiB`;
}

function microseconds(ms: number): string {
  return `${(ms * 1000).toFixed(0)} µs`;
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(2)} %`;
}
