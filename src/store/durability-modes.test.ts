// Stores that acknowledge before they flush: what a killed process, a power cut and a failed flush leave of them.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { xxHash32OfBytes } from "../base/checksum.js";
import { type SeededRandom, seededRandom } from "../base/seeded-random.js";
import type { ResolvedDurability } from "../model/durability.js";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import type { CutReport } from "./open-cut.suite.js";
import type { PointStore, StoreChange } from "./point-store.js";
import { put } from "./point-store.suite.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

const dimensions = [256];
const interval = { kind: "interval", flushIntervalMs: 60_000 } as const;
const record = "flushed.omen";

/** Random writes over 100 rows, which replace one another's pages, and what they leave. */
class Script {
  readonly #random: SeededRandom;
  readonly #rows = new Map<number, number>();
  #round = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  async run(store: PointStore, batchCount: number): Promise<void> {
    for (let batch = 0; batch < batchCount; batch++) {
      this.#round++;
      const rows = new Set(Array.from({ length: 1 + this.#random.below(30) }, () => this.#random.below(100)));
      const changes = Array.from(rows, (row) => this.#change(row));
      await store.commit({ sequence: store.state.sequence + 1, changes });
    }
  }

  #change(row: number): StoreChange {
    const isThere = this.#rows.has(row);
    if (isThere && this.#random.below(4) === 0) {
      this.#rows.delete(row);
      return { kind: "remove", id: row, row };
    }
    this.#rows.set(row, this.#round);
    const vectors = [new Float32Array(256).fill(this.#round)];
    return put({
      id: row,
      row,
      replacedRow: isThere ? row : -1,
      metadata: `{"round":${this.#round}}`,
      vectors,
    });
  }

  report(): CutReport {
    const points = [...this.#rows].sort(([a], [b]) => a - b);
    return {
      sequence: this.#round,
      points: points.map(([row, round]) => [row, `{"round":${round}}`, [round, round]]),
    };
  }
}

/**
 * What a disk may hold after a power cut: blocks of 4 KiB of the flushed file or of the file as the page cache had it, in
 * any mixture, and any length between.
 */
function cutFile(flushed: Buffer, cached: Buffer, random: SeededRandom): Buffer {
  const blockBytes = 4096;
  const cut = Buffer.alloc(
    flushed.length + random.below((cached.length - flushed.length) / blockBytes + 1) * blockBytes,
  );
  flushed.copy(cut);
  for (let at = 0; at < cut.length; at += blockBytes)
    if (random.below(3) > 0) cached.copy(cut, at, at, Math.min(at + blockBytes, cut.length));
  return cut;
}

/** Opens a copy in a process of its own; what it printed, or how it ended. */
async function reportOf(folder: string): Promise<CutReport | string> {
  const program = fileURLToPath(new URL("./open-cut.suite.js", import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  const out = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const ended = await new Promise<string>((resolve) => {
    child.on("close", (code, signal) => resolve(String(signal ?? code)));
  });
  const [text, errors] = await out;
  return ended === "0" ? (JSON.parse(text) as CutReport) : `${ended}: ${errors.slice(-300)}`;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe("a power cut in mode interval", () => {
  test(
    "leaves the state of the last flush, whatever else reached the disk",
    { timeout: 120_000 },
    async (t) => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      t.diagnostic(`seed ${seed}`);
      const random = seededRandom(seed);
      let controlsLost = 0;
      for (let trial = 0; trial < 6; trial++) {
        const folder = folders.make();
        const store = await openLmdbPointStore(folder, { dimensions, durability: interval });
        const script = new Script(random);
        for (let flush = random.below(4); flush >= 0; flush--) {
          await script.run(store, 1 + random.below(20));
          await store.flush();
        }
        const expected = script.report();
        const flushed = readFileSync(join(folder, "data.mdb"));
        await script.run(store, 1 + random.below(60));
        const cut = cutFile(flushed, readFileSync(join(folder, "data.mdb")), random);
        const [kept, control] = [folders.make(), folders.make()];
        for (const copy of [kept, control]) writeFileSync(join(copy, "data.mdb"), cut);
        copyFileSync(join(folder, record), join(kept, record));
        assert.deepEqual(await reportOf(kept), expected, `seed ${seed}, trial ${trial}`);
        assert.deepEqual(
          readdirSync(kept).filter((name) => name.includes("flushed")),
          [],
          "the record is gone",
        );
        const lost = await reportOf(control);
        if (typeof lost === "string" || lost.sequence !== expected.sequence) controlsLost++;
        await store.close();
      }
      assert.ok(controlsLost > 0, "without the record nothing is lost: the test cannot fail");
      t.diagnostic(`without the record ${controlsLost} of 6 lost or damaged`);
    },
  );

  test("during a flush leaves the flush before it", async () => {
    const folder = folders.make();
    let isHeld = false;
    const copies = [folders.make(), folders.make()];
    const script = new Script(seededRandom(5));
    const store = await openLmdbPointStore(folder, {
      dimensions,
      durability: interval,
      flushData: async (file) => {
        if (isHeld) copy(folder, copies[0]!);
        await file.datasync();
      },
    });
    await script.run(store, 30);
    await store.flush();
    const expected = script.report();
    await script.run(store, 30);
    isHeld = true;
    await store.flush();
    assert.deepEqual(await reportOf(copies[0]!), expected);
    // The newest slot was torn: the other one tells of the flush before, whose pages are not used again yet.
    await script.run(store, 30);
    copy(folder, copies[1]!);
    const bytes = readFileSync(join(copies[1]!, record));
    const newest = bytes.readBigUInt64LE(16) > bytes.readBigUInt64LE(4096 + 16) ? 0 : 4096;
    bytes.fill(0x55, newest, newest + 512);
    writeFileSync(join(copies[1]!, record), bytes);
    assert.deepEqual(await reportOf(copies[1]!), expected);
    await store.close();
  });

  test("is told from a kill by where the file lies: a copy goes back, the file itself does not", async () => {
    const folder = folders.make();
    const store = await openLmdbPointStore(folder, { dimensions, durability: interval });
    const script = new Script(seededRandom(6));
    await script.run(store, 10);
    await store.flush();
    const flushed = script.report();
    await script.run(store, 10);
    const copied = folders.make();
    copy(folder, copied);
    assert.deepEqual(await reportOf(copied), flushed);
    // Opened by another process meanwhile, as after a kill of this one.
    assert.deepEqual(await reportOf(folder), script.report());
    await store.close();
  });

  test("with a damaged record, or one of another version, is refused", async () => {
    const folder = folders.make();
    const store = await openLmdbPointStore(folder, { dimensions, durability: interval });
    await new Script(seededRandom(7)).run(store, 3);
    const bytes = readFileSync(join(folder, record));
    await store.close();
    const open = (): Promise<PointStore> => openLmdbPointStore(folder, { dimensions });
    const newer = Buffer.from(bytes);
    for (const slot of [0, 4096]) {
      newer.writeUInt32LE(2, slot + 12);
      newer.writeUInt32LE(xxHash32OfBytes(newer.subarray(slot + 4, slot + 192), 0), slot);
    }
    writeFileSync(join(folder, record), newer);
    await assert.rejects(open, { kind: "unsupported", code: "format_version", received: "2" });
    writeFileSync(join(folder, record), bytes.fill(0, 0, 8).fill(0, 4096, 4104));
    await assert.rejects(open, { kind: "corrupt", code: "file_damaged" });
    writeFileSync(join(folder, record), Buffer.alloc(0));
    await assert.rejects(open, { kind: "corrupt", code: "file_damaged" });
  });
});

describe("closing", () => {
  for (const durability of [interval, { kind: "os" }] as const) {
    test(`in mode ${durability.kind} flushes, and leaves a file that is right by itself`, async () => {
      const folder = folders.make();
      const store = await openLmdbPointStore(folder, { dimensions, durability });
      const script = new Script(seededRandom(8));
      await script.run(store, 20);
      assert.equal(existsSync(join(folder, record)), durability.kind === "interval");
      await store.close();
      assert.equal(existsSync(join(folder, record)), false);
      assert.deepEqual(await reportOf(folder), script.report());
    });
  }
});

describe("a flush", () => {
  test("comes by itself within the interval, and again after more writes", { timeout: 20_000 }, async () => {
    const folder = folders.make();
    let flushCount = 0;
    let told = (): void => undefined;
    const store = await openLmdbPointStore(folder, {
      dimensions,
      durability: { kind: "interval", flushIntervalMs: 10 },
      flushData: async (file) => {
        await file.datasync();
        flushCount++;
        told();
      },
    });
    const script = new Script(seededRandom(9));
    for (let wanted = 1; wanted <= 3; wanted++) {
      const flushed = new Promise<void>((resolve) => (told = resolve));
      await script.run(store, 1);
      if (flushCount < wanted) await flushed;
    }
    await store.close();
  });

  for (const durability of [interval, { kind: "os" }] as const) {
    test(`that fails in mode ${durability.kind} ends acknowledgements until the store is opened again`, async () => {
      const folder = folders.make();
      const script = new Script(seededRandom(10));
      let isBroken = false;
      const store = await openLmdbPointStore(folder, {
        dimensions,
        durability,
        flushData: async (file) => {
          if (isBroken) throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
          await file.datasync();
        },
      });
      await script.run(store, 10);
      await store.flush();
      const flushed = script.report();
      await script.run(store, 10);
      const acknowledged = script.report();
      isBroken = true;
      const refused = { kind: "unavailable", code: "acknowledged_unflushed" };
      await assert.rejects(store.flush(), refused);
      await assert.rejects(script.run(store, 1), { kind: "unavailable", code: "poisoned" });
      assert.equal(store.state.sequence, acknowledged.sequence, "reads go on");
      await assert.rejects(store.close(), refused);
      // Only the flushed state is known to be on the disk, so that is what is left where it was kept.
      assert.deepEqual(await reportOf(folder), durability.kind === "interval" ? flushed : acknowledged);
    });
  }

  test("lets pages be used again: the file does not grow without end", async () => {
    const folder = folders.make();
    const store = await openLmdbPointStore(folder, { dimensions, durability: interval });
    const script = new Script(seededRandom(11));
    const sizes: number[] = [];
    for (let round = 0; round < 30; round++) {
      await script.run(store, 10);
      await store.flush();
      sizes.push(store.fileBytes());
    }
    assert.ok(sizes[29]! < 3 * sizes[5]!, sizes.join(" "));
    await store.close();
  });
});

test("small commits between flushes do not make the file grow without end", { timeout: 60_000 }, async () => {
  const folder = folders.make();
  const store = await openLmdbPointStore(folder, { dimensions, durability: interval });
  const script = new Script(seededRandom(14));
  await script.run(store, 2000);
  assert.ok(store.fileBytes() < 160 * 2 ** 20, `${store.fileBytes()} bytes`);
  await store.close();
  assert.deepEqual(await reportOf(folder), script.report());
});

describe("compacting in mode interval", { skip: process.platform === "win32" && "files stay" }, () => {
  test("leaves a file with its own record", async () => {
    const folder = folders.make();
    const store = await openLmdbPointStore(folder, { dimensions, durability: interval });
    const script = new Script(seededRandom(12));
    await script.run(store, 50);
    await store.compact();
    assert.equal(existsSync(join(folder, record)), false);
    const compacted = script.report();
    const [before, behind] = [folders.make(), folders.make()];
    copy(folder, before);
    await script.run(store, 50);
    copy(folder, behind);
    assert.deepEqual(await reportOf(before), compacted);
    assert.deepEqual(await reportOf(behind), compacted);
    await store.flush();
    await store.close();
    assert.deepEqual(await reportOf(folder), script.report());
  });
});

test("a store of any mode is opened in any other", async () => {
  const folder = folders.make();
  const script = new Script(seededRandom(13));
  const modes: ResolvedDurability[] = [
    { kind: "sync" },
    interval,
    { kind: "os" },
    interval,
    { kind: "sync" },
  ];
  for (const durability of modes) {
    const store = await openLmdbPointStore(folder, { dimensions, durability });
    await script.run(store, 5);
    await store.close();
  }
  assert.deepEqual(await reportOf(folder), script.report());
});

function copy(from: string, to: string): void {
  for (const name of ["data.mdb", record])
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
}
