// A disk is cut off while a process writes to a database on it, again and again: what had been acknowledged before is there
// when the disk is mounted again. OMENDB_POWER_CUT_SEED repeats a run as far as timing allows, OMENDB_POWER_CUTS makes it
// longer or shorter. Needs root, loop devices and xfsprogs.

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { cutPower, powerCutRig } from "./power-cut-rig.js";
import { straceUnavailable } from "./strace.js";

const seed = Number(process.env["OMENDB_POWER_CUT_SEED"] ?? randomInt(2 ** 31));
const count = Number(process.env["OMENDB_POWER_CUTS"] ?? powerCutRig.shortCount);
const missing = powerCutRig.unavailable();
if (missing !== undefined) console.log(`power cut test: SKIPPED: ${missing}`);

const promises = {
  sync: `acknowledged writes survive ${count} power cuts`,
  interval: `in mode interval young writes alone are lost in ${count} power cuts`,
} as const;

for (const flushing of ["sync", "interval"] as const) {
  test(promises[flushing], { skip: missing ?? false }, async () => {
    console.log(`power cut test: ${flushing}: OMENDB_POWER_CUT_SEED=${seed}`);
    const startMs = performance.now();
    const end = await cutPower({ seed, count }, flushing);
    assert.ok(end.kind === "sound", end.kind === "sound" ? "" : end.text);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    const counts = Object.entries(end.counts).map(([what, number]) => `${what} ${number}`);
    console.log(`power cut test: ${flushing}: ${seconds} s: ${counts.join(", ")}`);
    assert.ok(end.counts["acknowledged"]! >= count, "the children did some work");
  });
}

test("the power cut test fails in mode os", { skip: missing ?? false }, async () => {
  const end = await cutPower({ seed, count: 20 }, "os");
  assert.equal(end.kind, "lost", JSON.stringify(end));
});

test(
  "the power cut test fails if flushes are left out",
  { skip: missing ?? straceUnavailable() ?? false },
  async () => {
    const end = await cutPower({ seed, count: 20 }, "skipped");
    assert.equal(end.kind, "lost", JSON.stringify(end));
    console.log(`power cut test: without flushes: ${end.kind === "lost" ? end.text.slice(0, 300) : ""}`);
  },
);
