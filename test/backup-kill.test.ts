// Kills a process while it backs up or restores: what is left is whole, or is known not to be.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { OmenError, restore } from "omendb";
import type { ChildTask } from "./backup-child.js";
import { History, historyConfig } from "./backup-history.js";
import { seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";

const cycles = 8;
const childPath = fileURLToPath(new URL("./backup-child.js", import.meta.url));

let folder = "";
let removeFolder: () => Promise<void>;
let history: History;
const at = (name: string): string => join(folder, name);

before(async () => {
  const made = await makeFolder();
  folder = made.folder;
  removeFolder = made.remove;
  await mkdir(folder, { recursive: true });
  await withDatabase(at("source"), async (db) => {
    history = new History("first", await db.createCollection("first", historyConfig));
    const random = seededRandom(8);
    for (let i = 0; i < 20; i++) await history.write(random);
    await db.backup(at("old"));
    for (let i = 0; i < 20; i++) await history.write(random);
    await db.backup(at("new"), { base: at("old") });
    const noise = await db.createCollection("noise", { dimension: 1 });
    await noise.upsert([{ id: 0, vector: [1] }]);
  });
});

after(() => removeFolder());

/** Runs the child and kills it after `ms` from its beginning, if it has not ended by then; resolves to how long it ran. */
async function runChild(task: ChildTask, ms?: number): Promise<number> {
  const child = spawn(process.execPath, [childPath, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  const begun = performance.now();
  const timer = ms === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), ms);
  const [exitCode] = (await ended) as [number | null];
  clearTimeout(timer);
  assert.ok(exitCode === 0 || (exitCode === null && ms !== undefined), `exit code ${String(exitCode)}`);
  return performance.now() - begun;
}

test("a backup that is killed is whole or is refused, and its source is as it was", async (t) => {
  const task: ChildTask = { kind: "backup", folder };
  const wholeMs = await runChild(task);
  let wholeCount = 0;
  for (let i = 0; i < cycles; i++) {
    await rm(at("killed"), { recursive: true, force: true });
    await runChild(task, (wholeMs * i) / cycles);
    const isWhole = await restore(at("killed"), at("restored")).then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof OmenError, String(error));
        assert.ok(["not_a_backup", "backup_unfinished"].includes(error.code), error.code);
        return false;
      },
    );
    if (isWhole) {
      wholeCount++;
      await withDatabase(at("restored"), (db) => history.check(db, 40));
      await rm(at("restored"), { recursive: true });
    }
    await withDatabase(at("source"), (db) => history.check(db, 40));
  }
  t.diagnostic(`${cycles} kills within ${Math.round(wholeMs)} ms, ${wholeCount} backups were whole`);
});

test("a target is what it was or what is restored, whenever restoring is killed", async (t) => {
  const task: ChildTask = { kind: "restore", folder };
  await restore(at("old"), at("target"));
  await cp(at("target"), at("kept"), { recursive: true });
  const wholeMs = await runChild(task);
  let newCount = 0;
  for (let i = 0; i < 2 * cycles; i++) {
    await rm(at("target"), { recursive: true, force: true });
    // Every other time there is nothing to replace.
    const hasOld = i % 2 === 0;
    if (hasOld) await cp(at("kept"), at("target"), { recursive: true });
    await runChild(task, (wholeMs * i) / (2 * cycles));
    let isEmpty = true;
    await withDatabase(at("target"), async (db) => {
      const names = (await db.listCollections()).map(({ name }) => name);
      isEmpty = names.length === 0;
      if (isEmpty) assert.equal(hasOld, false);
      else {
        const { sequence } = await (await db.collection("first")).stats();
        assert.ok(sequence === 40 || (hasOld && sequence === 20), `${sequence}`);
        await history.check(db, sequence);
        if (sequence === 40) newCount++;
      }
      assert.equal((await readdir(at("target/collections"))).length, names.length);
    });
    const left = (await readdir(at("target"))).filter((name) => !name.startsWith("lock."));
    assert.deepEqual(left, ["catalog", "collections"]);
    // Again, with nobody in the way.
    await restore(at("new"), at("target"), { replace: !isEmpty });
  }
  t.diagnostic(`${2 * cycles} kills within ${Math.round(wholeMs)} ms, ${newCount} targets were new`);
});
