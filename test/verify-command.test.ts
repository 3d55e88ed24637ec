// `omendb verify` and `omendb repair` as processes: what they print and the codes they end with.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { FolderCheck, RepairReport } from "omendb";
import { flipBehind, readAll, vectorOf, WholeDatabase } from "./damaged-database.js";

const program = fileURLToPath(new URL("../cli.js", import.meta.url));

let whole: WholeDatabase;
before(async () => {
  whole = await WholeDatabase.make();
});
after(() => whole.remove());

function run(...words: string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
  return { status, stdout };
}

test("damage is told with exit code 1, and with 0 once it is mended", async () => {
  const files = await whole.copy();
  const sound = run("verify", files.path);
  assert.deepEqual([sound.status, /is sound/.test(sound.stdout)], [0, true]);
  await flipBehind(files.store, new Uint8Array(vectorOf(700).buffer), 10);
  const damaged = run("verify", files.path, "--json");
  const check = JSON.parse(damaged.stdout) as FolderCheck;
  assert.deepEqual([damaged.status, check.isSound, check.problems[0]?.kind], [1, false, "record_damaged"]);
  assert.match(run("verify", files.path).stdout, /record_damaged \(lost\) in films, vectors\/0/);
  const dry = run("repair", files.path, "--dry-run");
  assert.deepEqual([dry.status, /lost the point "film 700"/.test(dry.stdout)], [1, true]);
  assert.equal(run("verify", files.path).status, 1);
  const repaired = run("repair", files.path, "--json");
  const report = JSON.parse(repaired.stdout) as RepairReport;
  assert.deepEqual(
    [repaired.status, report.isWhole, report.collections[0]?.lost[0]?.id],
    [1, false, "film 700"],
  );
  assert.equal(run("verify", files.path).status, 0);
  assert.equal(run("repair", files.path).status, 0);
  assert.equal((await readAll(files.path)).size, whole.contents.size - 1);
  assert.equal(run("verify", `${files.path}/nowhere`).status, 3);
  await files.remove();
});
