// Which process this is, so that another one can tell later whether it still runs. A number alone does not do: it is
// given again to another process, and means another one on another machine or in another container.

import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** A process, as far as the platform tells: only Linux tells all of it, and what is not told is `null`. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** When it started, in ticks since the machine did. */
  readonly start: string | null;
  /** Changes with every start of the machine. */
  readonly boot: string | null;
  /** Process numbers of different namespaces (containers) have nothing to do with each other. */
  readonly pidNamespace: string | null;
}

/** The process that calls, from whichever of its threads. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return {
    host: hostname(),
    pid: process.pid,
    start: (await processStart(process.pid)) ?? null,
    boot: await readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
      (text) => text.trim(),
      () => null,
    ),
    pidNamespace: await readlink("/proc/self/ns/pid").catch(() => null),
  };
}

export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.start === b.start && canTell(a, b);
}

/** Whether `other` still runs; `undefined` where it cannot be told from here. */
export async function isRunning(other: ProcessIdentity, own: ProcessIdentity): Promise<boolean | undefined> {
  if (!canTell(other, own)) return undefined;
  if (!hasProcess(other.pid)) return false;
  const start = await processStart(other.pid);
  // What is not told (a hidden process, another platform) counts as the same: refusing is safe, sharing is not.
  if (start === undefined || other.start === null) return true;
  return start === other.start;
}

function canTell(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.host === b.host && a.boot === b.boot && a.pidNamespace === b.pidNamespace;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to someone else.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Start of a process; `null` of one that has ended and was not yet waited for; `undefined` if it is not told. */
async function processStart(pid: number): Promise<string | null | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name, in parentheses, may hold anything; behind it come the state and, as 20th, the start.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields === undefined) return undefined;
  return fields[0] === "Z" || fields[0] === "X" ? null : fields[19];
}
