// Modes of durability, as a program sees them: options, stats, and what is left when it is killed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open, verifyFolder, type DurabilityMode } from "omendb";

const modes: DurabilityMode[] = ["sync", "interval", "os"];

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "omendb-modes-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes from point `from` on until `count` were acknowledged, and a little more; the number acknowledged. */
async function writeUntilKilled(folder: string, mode: DurabilityMode, from: number): Promise<number> {
  const program = fileURLToPath(new URL("./durability-child.js", import.meta.url));
  const child = spawn(process.execPath, [program, folder, mode, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let acknowledged = from;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line) + 1;
    if (acknowledged === from + 100) child.kill("SIGKILL");
  }
  await ended;
  return acknowledged;
}

describe("a killed process", () => {
  for (const mode of modes) {
    test(`loses nothing that was acknowledged in mode ${mode}`, { timeout: 60_000 }, () =>
      withFolder(async (folder) => {
        let count = 0;
        for (const next of [mode, ...modes]) {
          const acknowledged = await writeUntilKilled(folder, mode, count);
          assert.ok(acknowledged >= count + 100);
          await using db = await open(folder, { durability: next });
          const points = await db.collection("points");
          count = await points.count();
          // One may have been written and not told of.
          assert.ok(count === acknowledged || count === acknowledged + 1, `${count} of ${acknowledged}`);
          const found = await points.get(
            Array.from({ length: count }, (_, id) => id),
            { include: ["metadata"] },
          );
          assert.deepEqual(
            found.map((point) => point?.metadata),
            Array.from({ length: count }, (_, id) => ({ id })),
          );
        }
      }),
    );
  }
});

describe("the option durability", () => {
  for (const mode of modes) {
    test(`${mode} is shown by stats, and what is closed in it is there again`, () =>
      withFolder(async (folder) => {
        const db = await open(folder, { durability: mode });
        const points = await db.createCollection("points", { dimension: 2 });
        await points.upsert([{ id: 1, vector: [1, 2] }]);
        assert.equal((await db.stats()).durability, mode);
        await db.close();
        await using again = await open(folder);
        assert.equal((await again.stats()).durability, "sync");
        assert.equal(await (await again.collection("points")).count(), 1);
      }));
  }

  const refused: [string, string, object][] = [
    ["unknown_value", "a mode that does not exist", { durability: "never" }],
    ["wrong_type", "a mode that is no text", { durability: true }],
    ["conflicting_fields", "an interval without a mode", { flushIntervalMs: 100 }],
    ["conflicting_fields", "an interval in another mode", { durability: "os", flushIntervalMs: 100 }],
    ["out_of_range", "an interval below 10", { durability: "interval", flushIntervalMs: 9 }],
    ["out_of_range", "an interval above 60,000", { durability: "interval", flushIntervalMs: 60_001 }],
    ["wrong_type", "an interval that is no number", { durability: "interval", flushIntervalMs: "10" }],
  ];
  for (const [code, what, options] of refused) {
    test(`refuses ${what}`, () =>
      withFolder(async (folder) => {
        await assert.rejects(open(folder, options), { kind: "invalid", code });
      }));
  }

  test("is refused in memory, where nothing is durable", async () => {
    await assert.rejects(open(":memory:", { durability: "os" }), {
      kind: "invalid",
      code: "conflicting_fields",
    });
    await using db = await open(":memory:");
    assert.equal((await db.stats()).durability, "none");
  });
});

test("verification of a folder after a power cut in mode interval looks at what opening would find", () =>
  withFolder(async (parent) => {
    const [folder, cut] = [join(parent, "database"), join(parent, "cut")];
    await using db = await open(folder, { durability: "interval", flushIntervalMs: 60_000 });
    const points = await db.createCollection("points", { dimension: 1 });
    // The first write begins with a flush, and what follows is not flushed.
    for (let id = 0; id < 3; id++) await points.upsert([{ id, vector: [1] }]);
    // Another file system, as far as can be told: a copy of the folder is what a cut leaves.
    await cp(folder, cut, { recursive: true, filter: (path) => !/\/lock\.\d+$/u.test(path) });
    const { name } = (await readdir(join(cut, "collections"), { withFileTypes: true }))[0]!;
    await damageNewestRoot(join(cut, "collections", name, "data.mdb"));
    assert.deepEqual((await verifyFolder(cut)).problems, []);
    await using again = await open(cut);
    assert.ok((await (await again.collection("points")).count()) < 3);
  }));

/** Takes away the page to which the newest meta page leads; offsets of docs/internals/formats.md. */
async function damageNewestRoot(path: string): Promise<void> {
  const pageBytes = 16_384;
  const bytes = await readFile(path);
  const metas = [0, pageBytes].map((start) => bytes.subarray(start));
  const transactionOf = (meta: Buffer): bigint => meta.readBigUInt64LE(152);
  const newest = metas.reduce((a, b) => (transactionOf(a) > transactionOf(b) ? a : b));
  const root = Number(newest.readBigUInt64LE(136));
  bytes.fill(0, root * pageBytes, (root + 1) * pageBytes);
  await writeFile(path, bytes);
}
