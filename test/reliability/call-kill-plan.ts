// Kills at system calls: at the n-th call of a kind, counted in each thread from the order to open on. What a kill
// really struck is read off the log of strace afterwards; a plan only makes it likely.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { below, planCycle, randomOf, type OperationKey } from "./crash-plan.js";
import type { CallKind } from "./strace.js";

/** A kill at the n-th call of a kind. */
export interface CallKill {
  readonly kind: CallKind;
  readonly n: number;
  /** Whether only calls on files of checkpoints count. */
  readonly files: "all" | "checkpoints";
}

/** The greatest n of each kind. */
type Calls = Partial<Record<CallKind, number>>;

/** About what a child comes to in a quarter of a second. */
const ordinary: Calls = {
  pwrite: 400,
  writev: 120,
  fdatasync: 60,
  fsync: 12,
  write: 400,
  rename: 4,
  link: 1,
  unlink: 5,
  mkdir: 4,
  open: 50,
  truncate: 2,
  map: 50,
  pread: 4,
};

/** About what opening makes. */
const whileOpening: Calls = {
  open: 30,
  map: 15,
  fsync: 5,
  pwrite: 4,
  fdatasync: 2,
  unlink: 4,
  link: 1,
  mkdir: 2,
  pread: 4,
};

const onCheckpoints: Calls = { open: 1, pwrite: 2, fsync: 1, rename: 1 };

/** Dropping removes the files of a folder, and the folder. */
const whileDropping: Calls = { unlink: 12 };

/** The share of the cycles without an aim that end at a call; of those with one all do whose aim is a matter of calls. */
const callShare = 0.5;

/** Which call ends a cycle; `undefined` where a moment does. */
export function planCallKill({ seed, cycle }: Pick<OperationKey, "seed" | "cycle">): CallKill | undefined {
  const random = randomOf(seed, cycle, 0xca11);
  const { aim, kill } = planCycle(seed, cycle);
  switch (aim) {
    case undefined:
      // After an acknowledgement the child kills itself.
      return random() < callShare && kill.after !== "acked" ? pick(random, ordinary) : undefined;
    case "recovery":
      return pick(random, whileOpening);
    case "checkpoint":
      return { ...pick(random, onCheckpoints), files: "checkpoints" };
    case "drop":
      return pick(random, whileDropping);
    case "consolidation":
      // It happens in memory.
      return undefined;
    default:
      return aim satisfies never;
  }
}

function pick(random: () => number, calls: Calls): CallKill {
  // The keys are those of the object.
  const kinds = Object.entries(calls) as [CallKind, number][];
  const [kind, nMax] = kinds[below(random, kinds.length)]!;
  // Mostly small: what comes first is what every cycle comes to.
  return { kind, n: 1 + Math.floor(nMax * random() ** 2), files: "all" };
}

/** Where checkpoints of the collections of a database are written. */
export function checkpointPaths(folder: string): string[] {
  const parent = join(folder, "collections");
  if (!existsSync(parent)) return [];
  return readdirSync(parent).flatMap((name) => [0, 1].map((f) => join(parent, name, `index-${f}.omen.tmp`)));
}
