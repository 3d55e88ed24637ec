// System calls of a process that works on a database fail, one by one: every call of the interface then has its effect
// durably or is refused with a typed error. OMENDB_IO_ERROR_SEED repeats a run, OMENDB_IO_ERROR_CASES makes it longer or
// shorter. Needs strace; the small disks need root.

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { fullDiskUnavailable, runFullDisk, type FullDiskKind } from "./full-disk.js";
import type { IoErrorCase } from "./io-error-plan.js";
import { runIoErrors } from "./io-error-run.js";
import { ioErrorRig } from "./io-error-rig.js";

const seed = Number(process.env["OMENDB_IO_ERROR_SEED"] ?? randomInt(2 ** 31));
const count = Number(process.env["OMENDB_IO_ERROR_CASES"] ?? ioErrorRig.shortCount);
const withoutStrace = ioErrorRig.unavailable();
if (withoutStrace !== undefined) console.log(`I/O error test: SKIPPED: ${withoutStrace}`);

test(`what was told holds after ${count} I/O errors`, { skip: withoutStrace ?? false }, async () => {
  console.log(`I/O error test: OMENDB_IO_ERROR_SEED=${seed}`);
  const startMs = performance.now();
  const { counts, failures } = await runIoErrors({ seed, count });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  const told = Object.entries(counts).map(([what, number]) => `${what} ${number}`);
  console.log(`I/O error test: ${seconds} s: ${told.join(", ")}`);
  assert.deepEqual(failures, []);
  const missed = counts["not reached"] ?? 0;
  if (count >= 50) assert.ok(missed < count / 2, `most calls were struck, ${missed} were not`);
});

/** What once was not as it must be: errors of Node, a folder locked for good, a drop undone half, a write that never ended. */
const known: readonly IoErrorCase[] = [
  { kind: "mkdir", error: "EDQUOT", n: 3, lasting: "once", files: "all" },
  { kind: "fsync", error: "EROFS", n: 3, lasting: "once", files: "all" },
  { kind: "fsync", error: "EIO", n: 3, lasting: "from then on", files: "all" },
  { kind: "pread", error: "EIO", n: 3, lasting: "once", files: "of the database" },
  { kind: "rename", error: "EIO", n: 4, lasting: "once", files: "all" },
  { kind: "unlink", error: "EIO", n: 3, lasting: "once", files: "all" },
  { kind: "unlink", error: "EIO", n: 3, lasting: "from then on", files: "all" },
  { kind: "pwrite", error: "ENOSPC", n: 25, lasting: "from then on", files: "all" },
];

test("what failed once does not fail again", { skip: withoutStrace ?? false }, async () => {
  const { counts, failures } = await runIoErrors({ seed: 1, count: known.length }, (_, i) => known[i]!);
  assert.deepEqual(failures, []);
  assert.equal(counts["not reached"], undefined, "every call was struck");
});

const withoutDisks = fullDiskUnavailable();
if (withoutDisks !== undefined) console.log(`full disk test: SKIPPED: ${withoutDisks}`);

for (const kind of ["tmpfs", "ext4"] satisfies FullDiskKind[]) {
  test(
    `a full ${kind} refuses writes, answers reads, and heals`,
    { skip: withoutDisks ?? false },
    async () => {
      const counts = await runFullDisk(kind, seed);
      console.log(
        `full disk test: ${kind}: ${Object.entries(counts)
          .map((pair) => pair.join(" "))
          .join(", ")}`,
      );
    },
  );
}
