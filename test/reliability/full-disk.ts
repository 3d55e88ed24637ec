// A disk that is really full: a small file system that a database fills. Writes are refused as `disk_full`, reads and
// deletes go on, and when space is back writes do too; what was refused is not there, what was acknowledged is.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OmenError, open, type Collection, type Database } from "omendb";
import { removeAtExit } from "./at-exit.js";
import { inspect } from "./crash-inspection.js";
import { Ledger } from "./crash-ledger.js";
import { perform, type Outcome } from "./crash-perform.js";
import { planCycle, planWrite, randomOf, shapeOfName, type Write } from "./crash-plan.js";
import { loopDiskMissing } from "./loop-disk.js";

/** What is full. */
export type FullDiskKind = "tmpfs" | "ext4";

export const fullDiskUnavailable = loopDiskMissing;

/** Fills a disk of 24 MiB several times, and returns what was done. Throws what was wrong. */
export async function runFullDisk(
  kind: FullDiskKind,
  seed: number,
): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), "omendb-full-"));
  const disk = join(folder, "disk");
  mkdirSync(disk);
  mountSmall(kind, folder, disk);
  const forget = removeAtExit(() => remove(folder, disk));
  try {
    const trial = new FullDiskTrial(disk, seed);
    await trial.run();
    return trial.counts;
  } finally {
    remove(folder, disk);
    forget();
  }
}

function remove(folder: string, disk: string): void {
  if (spawnSync("umount", [disk]).status !== 0) spawnSync("umount", ["--lazy", disk]);
  rmSync(folder, { recursive: true, force: true });
}

function mountSmall(kind: FullDiskKind, folder: string, disk: string): void {
  if (kind === "tmpfs") {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m,nodev,nosuid", "tmpfs", disk]);
    return;
  }
  const image = join(folder, "disk.img");
  execFileSync("truncate", ["-s", "24M", image]);
  execFileSync("mkfs.ext4", ["-q", "-F", "-m", "0", image]);
  execFileSync("mount", ["-o", "loop,nodev,nosuid", image, disk]);
}

const name = "many";
const roundCount = 3;
const writesMax = 2000;

class FullDiskTrial {
  readonly counts = { acknowledged: 0, refusedAsFull: 0, deletesWhileFull: 0, healed: 0 };
  readonly #disk: string;
  readonly #folder: string;
  readonly #seed: number;
  readonly #cycle: number;
  readonly #ledger = new Ledger();
  #number = 0;

  constructor(disk: string, seed: number) {
    this.#disk = disk;
    this.#folder = join(disk, "db");
    this.#seed = seed;
    let cycle = 0;
    while (planCycle(seed, cycle).batchMax < 500) cycle++;
    this.#cycle = cycle;
  }

  async run(): Promise<void> {
    for (let round = 0; round < roundCount; round++) {
      const db = await open(this.#folder, { linkingThreads: 1 });
      await this.#fillAndHeal(db);
      await db.close();
      const again = await open(this.#folder, { linkingThreads: 1 });
      await this.#inspect(again);
      await again.close();
    }
  }

  async #fillAndHeal(db: Database): Promise<void> {
    const collection = await this.#collection(db);
    // Something to read, and pages that deletes can use.
    for (let i = 0; i < 4; i++)
      assert.equal(await this.#try(collection, this.#plan("upsert")), "acknowledged");
    const ballast = join(this.#disk, "ballast");
    fillUp(ballast);
    let writes = 0;
    while ((await this.#try(collection, this.#plan("upsert"))) === "acknowledged") {
      assert.ok(++writes < writesMax, "the disk is full at some time");
    }
    this.counts.refusedAsFull++;
    await this.#inspect(db);
    if ((await this.#try(collection, this.#plan("delete"))) === "acknowledged")
      this.counts.deletesWhileFull++;
    rmSync(ballast);
    for (let i = 0; i < 3; i++)
      assert.equal(await this.#try(collection, this.#plan("upsert")), "acknowledged");
    this.counts.healed++;
    await this.#inspect(db);
  }

  async #collection(db: Database): Promise<Collection> {
    if ((await db.listCollections()).length > 0) return db.collection(name);
    const key = { seed: this.#seed, cycle: this.#cycle, number: this.#number++ };
    this.#ledger.begin(key, "create", name);
    const collection = await db.createCollection(name, shapeOfName(name).config);
    this.#ledger.acknowledge(key.number, [1, 0]);
    return collection;
  }

  /** The number of the next operation that is of this kind. */
  #plan(kind: Write["kind"]): number {
    while (planWrite(this.#key(this.#number), name).kind !== kind) this.#number++;
    return this.#number++;
  }

  #key(number: number): { seed: number; cycle: number; number: number } {
    return { seed: this.#seed, cycle: this.#cycle, number };
  }

  async #try(collection: Collection, number: number): Promise<"acknowledged" | "full"> {
    const key = this.#key(number);
    this.#ledger.begin(key, "write", name);
    let outcome: Outcome;
    try {
      outcome = await perform(collection, planWrite(key, name));
    } catch (error) {
      assert.ok(error instanceof OmenError && error.code === "disk_full", String(error));
      this.#ledger.reject(number);
      return "full";
    }
    this.#ledger.acknowledge(number, outcome);
    this.counts.acknowledged++;
    return "acknowledged";
  }

  async #inspect(db: Database): Promise<void> {
    await inspect(db, this.#ledger, { random: randomOf(this.#seed, this.#number), settle: false });
  }
}

/** Takes all space that is left, but for a little. */
function fillUp(path: string): void {
  const file = openSync(path, "w");
  const block = randomFillSync(Buffer.alloc(64 * 1024));
  try {
    while (statfsSync(path).bavail * statfsSync(path).bsize > 256 * 1024) writeSync(file, block);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  } finally {
    closeSync(file);
  }
}
