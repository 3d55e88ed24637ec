// What every benchmark needs: percentiles, recall, rates, and how much of the machine others used meanwhile.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** The value below which `share` of the values lie. Sorts `values`. */
export function percentile(values: number[], share: number): number {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
}

/** Share of the wanted rows that were found. */
export function recallOf(found: readonly number[], wanted: ArrayLike<number>): number {
  const set = new Set(Array.from(wanted));
  let hits = 0;
  for (const row of found) if (set.has(row)) hits++;
  return hits / set.size;
}

/** Milliseconds that processors were busy since boot, by this process and by all; undefined where unknown. */
export interface CpuTimes {
  readonly ownMs: number;
  readonly allMs: number | undefined;
}

/** Takes a reading of processor times. */
export function cpuTimes(): CpuTimes {
  const own = process.cpuUsage();
  let allMs: number | undefined;
  const times = cpus();
  if (times.length > 0) allMs = times.reduce((sum, { times: t }) => sum + t.user + t.nice + t.sys + t.irq, 0);
  return { ownMs: (own.user + own.system) / 1000, allMs };
}

/** Share of the machine that other processes used between two readings `elapsedMs` apart. */
export function cpuOfOthers(before: CpuTimes, after: CpuTimes, elapsedMs: number): string {
  if (before.allMs === undefined || after.allMs === undefined) return "unknown";
  const others = after.allMs - before.allMs - (after.ownMs - before.ownMs);
  const share = Math.max(0, others) / (elapsedMs * availableParallelism());
  return `${(100 * share).toFixed(0)} %`;
}

/** Resident bytes of this process by kind. Linux only: elsewhere undefined. */
export interface ResidentBytes {
  /** RssAnon + RssShmem: what the process needs. */
  readonly owned: number;
  /** RssFile: pages of mapped files, which the system takes back when it needs to. */
  readonly fileBacked: number;
}

/** Reads the resident bytes of this process. */
export function residentBytes(): ResidentBytes | undefined {
  let status: string;
  try {
    status = readFileSync("/proc/self/status", "utf8");
  } catch {
    return undefined;
  }
  const bytesOf = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
  return { owned: bytesOf("RssAnon") + bytesOf("RssShmem"), fileBacked: bytesOf("RssFile") };
}

/** One line that says on what the figures were measured. */
export function machineLine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.version}`;
}
