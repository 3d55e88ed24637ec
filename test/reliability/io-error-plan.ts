// Which system calls fail in the test of I/O errors, and how: every kind of call that a database makes on its files, its
// first, second, … n-th, once and from then on, with each error that a disk may have.

import { below, randomOf } from "./crash-plan.js";
import type { CallKind } from "./strace.js";

/** One case: these calls fail. */
export interface IoErrorCase {
  readonly kind: CallKind;
  readonly error: string;
  readonly n: number;
  readonly lasting: "once" | "from then on";
  /** Whether only files that are there at the beginning count: reads of other kinds are not the disk's. */
  readonly files: "all" | "of the database";
}

/** About how many calls of each kind the thread makes that makes most, in the script of the child. */
const targets = [
  { kind: "pwrite", nMax: 60 },
  { kind: "writev", nMax: 12 },
  { kind: "fdatasync", nMax: 20 },
  { kind: "fsync", nMax: 20 },
  { kind: "open", nMax: 60 },
  { kind: "rename", nMax: 6 },
  { kind: "truncate", nMax: 2 },
  { kind: "unlink", nMax: 8 },
  { kind: "link", nMax: 2 },
  { kind: "mkdir", nMax: 3 },
  { kind: "read", nMax: 6 },
  { kind: "pread", nMax: 10 },
] as const satisfies readonly { readonly kind: CallKind; readonly nMax: number }[];

const errors = ["EIO", "ENOSPC", "EDQUOT", "EROFS"] as const;

/** Plans a case of a run of `count`. The runs of seeds one after another go through all n. */
export function planIoError(
  { seed, count }: { readonly seed: number; readonly count: number },
  i: number,
): IoErrorCase {
  const { kind, nMax } = targets[i % targets.length]!;
  const turns = Math.floor(i / targets.length);
  const turnsARun = Math.ceil(count / targets.length / 2);
  const isRead = kind === "read" || kind === "pread";
  return {
    kind,
    // Nothing else happens to a read.
    error: isRead ? "EIO" : errors[below(randomOf(seed, i, 0xe44), errors.length)]!,
    n: 1 + ((Math.floor(turns / 2) + (seed % 1000) * turnsARun) % nMax),
    lasting: turns % 2 === 0 ? "once" : "from then on",
    files: isRead ? "of the database" : "all",
  };
}
