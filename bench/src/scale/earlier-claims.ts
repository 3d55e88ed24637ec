// What the report of an earlier OmenDB claimed for 5,000 to 25,000 vectors of 768 dimensions. Its index was later found
// to answer with a recall near zero, which the report did not print. This page of figures is the answer to it.

import type { SetSummary, SizeSummary } from "./summary.js";

/** One quantity of the old report, and what it is today. */
export interface ClaimRow {
  readonly what: string;
  readonly claimed: string;
  readonly measured: string;
}

/** The sizes and the dimension of the old report. */
const claimed = { nMin: 5000, nMax: 25_000, dimension: 768 };

/** The comparison for a set of the same dimension with sizes in the same range; undefined of any other. */
export function compareWithClaims({ set, sizes }: SetSummary): ClaimRow[] | undefined {
  const same = sizes.filter(({ n }) => n >= claimed.nMin && n <= claimed.nMax);
  if (set.dimension !== claimed.dimension || same.length === 0) return undefined;
  const range = (pick: (size: SizeSummary) => number | undefined, format: (x: number) => string): string => {
    const values = same.map(pick);
    const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
    if (known.length === 0) return "not reached";
    const [low, high] = [format(Math.min(...known)), format(Math.max(...known))];
    const text = low === high ? low : `${low} – ${high}`;
    return known.length < values.length ? `${text}, not reached at every size` : text;
  };
  const whole = (x: number): string => Math.round(x).toLocaleString("en");
  const ms = (x: number): string => x.toFixed(2);
  const recall = (x: number): string => x.toFixed(3);
  return [
    {
      what: "inserts a second",
      claimed: "11,590 – 13,608",
      measured: `${range((s) => s.acknowledgedPerSecond, whole)} durable, ${range((s) => s.linkedPerSecond, whole)} linked`,
    },
    {
      what: "ms a search (median)",
      claimed: "0.17 – 0.22",
      measured: `${range((s) => s.atTargets[1]?.p50Ms, ms)} at recall ≥ 0.99, ${range((s) => s.atDefault?.p50Ms, ms)} by default`,
    },
    {
      what: "recall at 10",
      claimed: "not printed; found to be near 0",
      measured: `${range((s) => s.atDefault?.recall, recall)} by default`,
    },
    {
      what: "bytes a vector, whole process",
      claimed: "86,003 – 13,876",
      measured: sizesText(same),
    },
  ];
}

/** From the smallest size to the largest, as the old report has it. */
function sizesText(sizes: readonly SizeSummary[]): string {
  const each = [sizes[0]!, sizes.at(-1)!].map(({ n, residentBytes }) =>
    Number.isFinite(residentBytes) ? Math.round(residentBytes / n).toLocaleString("en") : "unknown here",
  );
  return [...new Set(each)].join(" – ");
}
