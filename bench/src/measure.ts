// What every benchmark needs: percentiles, recall, and how much of the machine others used meanwhile.

import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** The value below which `share` of the values lie; NaN of none. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  return Number.isInteger(half) ? (upper + (sorted[half - 1] ?? Number.NaN)) / 2 : upper;
}

/** Share of the wanted rows that were found. Places below 0 are not wanted; 1 if nothing is. */
export function recallOf(found: readonly number[], wanted: ArrayLike<number>): number {
  const set = new Set(Array.from(wanted).filter((row) => row >= 0));
  if (set.size === 0) return 1;
  let hits = 0;
  for (const row of new Set(found)) if (set.has(row)) hits++;
  return hits / set.size;
}

/** Milliseconds that processors were busy, by this process and those it started, and by all since boot. */
export interface CpuTimes {
  readonly ownMs: number;
  /** Undefined where it is not known. */
  readonly allMs: number | undefined;
}

/** Takes a reading of processor times. */
export function cpuTimes(): CpuTimes {
  let allMs: number | undefined;
  const times = cpus();
  if (times.length > 0) allMs = times.reduce((sum, { times: t }) => sum + t.user + t.nice + t.sys + t.irq, 0);
  return { ownMs: treeMs() ?? ownMs(), allMs };
}

/** Share of the machine that other processes used between two readings `elapsedMs` apart; undefined where unknown. */
export function shareOfOthers(before: CpuTimes, after: CpuTimes, elapsedMs: number): number | undefined {
  if (before.allMs === undefined || after.allMs === undefined) return undefined;
  const others = after.allMs - before.allMs - (after.ownMs - before.ownMs);
  return Math.max(0, others) / (elapsedMs * availableParallelism());
}

/** The same as text. */
export function cpuOfOthers(before: CpuTimes, after: CpuTimes, elapsedMs: number): string {
  const share = shareOfOthers(before, after, elapsedMs);
  return share === undefined ? "unknown" : `${(100 * share).toFixed(0)} %`;
}

/** This process alone: on systems without /proc what its children use shows as used by others. */
function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What of /proc/<pid>/stat is used. */
interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  readonly ms: number;
}

/** This process and all below it, those that ended included; undefined where there is no /proc. */
function treeMs(): number | undefined {
  return processTree()?.reduce((sum, { ms }) => sum + ms, 0);
}

/** This process and all below it; undefined where there is no /proc. */
function processTree(): ProcessTimes[] | undefined {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const all = names.map(processTimes).filter((one) => one !== undefined);
  if (all.length === 0) return undefined;
  const own = new Set([process.pid]);
  for (let size = 0; size < own.size;) {
    size = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  return all.filter(({ pid }) => own.has(pid));
}

/** Linux counts in hundredths of a second. */
const tickMs = 10;

function processTimes(name: string): ProcessTimes | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${name}/stat`, "latin1");
  } catch {
    // It ended meanwhile; its parent has its times.
    return undefined;
  }
  // proc_pid_stat(5): the name of the program, in parentheses, may hold anything; the parent is two fields behind it,
  // and the times, children that were waited for included, are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number(name), parent: Number(fields[1]), ms: ticks * tickMs };
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

/**
 * Resident bytes of this process and of those it started, such as a database server. Memory that several of them share
 * is counted once: each has its proportional share of it (PSS).
 */
export function residentBytesOfTree(): ResidentBytes | undefined {
  const below = processTree()?.filter(({ pid }) => pid !== process.pid) ?? [];
  if (below.length === 0) return residentBytes();
  const shares = [process.pid, ...below.map(({ pid }) => pid)].map(proportionalBytes);
  return {
    owned: shares.reduce((sum, one) => sum + one.owned, 0),
    fileBacked: shares.reduce((sum, one) => sum + one.fileBacked, 0),
  };
}

function proportionalBytes(pid: number): ResidentBytes {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  } catch {
    // It ended meanwhile.
    return { owned: 0, fileBacked: 0 };
  }
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
  return { owned: bytesOf("Pss_Anon") + bytesOf("Pss_Shmem"), fileBacked: bytesOf("Pss_File") };
}

/** One line that says on what the figures were measured. */
export function machineLine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.version}`;
}
