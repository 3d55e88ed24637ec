// The columns of a size, in the order in which terminal and page show them: each figure is formatted here, once.

import type { SearchFigures } from "../contender-protocol.js";
import type { ScaleSet } from "./results.js";
import { recallTargets, type SizeSummary } from "./summary.js";

/** A column: its head, in two parts where several stand under one, and its cell of a size. */
export interface Column {
  readonly group: string;
  readonly head: string;
  readonly cell: (size: SizeSummary) => string;
}

const unreached = "not reached";
/** Beside a cell that says that the recall is not reached, or that the default was not searched with. */
const nothing = "–";
const unknown = "unknown";

const whole = (x: number): string => (Number.isFinite(x) ? Math.round(x).toLocaleString("en") : unknown);
const micro = (ms: number): string => whole(ms * 1000);
const mebi = (bytes: number): string => (Number.isFinite(bytes) ? (bytes / 2 ** 20).toFixed(1) : unknown);

/** Columns about writing, memory, disk, and how searches are done by default. */
export const storageColumns: readonly Column[] = [
  { group: "inserts a second", head: "acknowledged", cell: (s) => whole(s.acknowledgedPerSecond) },
  { group: "inserts a second", head: "linked", cell: (s) => whole(s.linkedPerSecond) },
  { group: "rows", head: "reachable", cell: (s) => `${whole(s.reachableRows)} of ${whole(s.n)}` },
  { group: "memory", head: "bytes a vector", cell: (s) => whole(s.residentBytes / s.n) },
  { group: "memory", head: "resident MiB", cell: (s) => mebi(s.residentBytes) },
  { group: "memory", head: "file-backed MiB", cell: (s) => mebi(s.fileBackedBytes) },
  { group: "disk", head: "bytes a vector", cell: (s) => whole(s.bytesOnDisk / s.n) },
  { group: "disk", head: "MiB", cell: (s) => mebi(s.bytesOnDisk) },
  {
    group: "default",
    head: "plan",
    cell: (s) => (s.plans.length === 0 ? unknown : s.plans.join(" or ")),
  },
  { group: "reopen", head: "ms", cell: (s) => whole(s.reopenMs) },
  {
    group: "others",
    head: "% CPU",
    cell: (s) => (s.others === undefined ? unknown : (s.others * 100).toFixed(1)),
  },
];

/** Columns about searching: one group a recall target, and one for the default setting. */
export function searchColumns({ contender }: ScaleSet): readonly Column[] {
  const { parameter, parameterDefault } = contender;
  return [
    ...recallTargets.flatMap((target, i) =>
      figureColumns(`recall ≥ ${target}`, "swept", (size) => size.atTargets[i]),
    ),
    ...figureColumns(`default (${parameter} ${parameterDefault} asked)`, "default", (size) => size.atDefault),
  ];
}

function figureColumns(
  group: string,
  setting: "swept" | "default",
  pick: (size: SizeSummary) => SearchFigures | undefined,
): Column[] {
  const column = (
    head: string,
    format: (figures: SearchFigures) => string,
    missing: string = nothing,
  ): Column => ({
    group,
    head,
    cell: (size) => {
      const figures = pick(size);
      return figures === undefined ? missing : format(figures);
    },
  });
  return [
    ...(setting === "default" ? [] : [column("asked", (f) => String(f.parameter), unreached)]),
    column("recall", (f) => f.recall.toFixed(4)),
    column("p50 µs", (f) => micro(f.p50Ms)),
    column("p95 µs", (f) => micro(f.p95Ms)),
    column("p99 µs", (f) => micro(f.p99Ms)),
    column("per s", (f) => whole(f.perSecond)),
    column("distances", (f) => (f.distances === undefined ? unknown : whole(f.distances))),
  ];
}
