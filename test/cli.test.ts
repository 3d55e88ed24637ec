// The built command line as a process of its own: what it prints, and how it ends.

import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { History, historyConfig } from "./backup-history.js";
import { seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";
import { runOmendb } from "./run-omendb.js";

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
    const random = seededRandom(9);
    for (let i = 0; i < 20; i++) await history.write(random);
  });
});

after(() => removeFolder());

async function errorOf(
  ...words: string[]
): Promise<{ exitCode: number; kind: string; code: string; message: string }> {
  const { exitCode, stdout, stderr } = await runOmendb(...words, "--json");
  assert.equal(stdout, "");
  // What the program under test prints, as it is documented.
  const { error } = JSON.parse(stderr) as { error: { kind: string; code: string; message: string } };
  return { exitCode, ...error };
}

test("backup and restore, in words", async () => {
  const backup = await runOmendb("backup", at("source"), at("backup"));
  assert.match(backup.stdout, /^Backed up .*\n {2}first: \d+ points, up to operation 20\n.*verified/);
  assert.deepEqual([backup.exitCode, backup.stderr], [0, ""]);
  const restored = await runOmendb("restore", at("backup"), at("target"));
  assert.match(restored.stdout, /^Restored .*\n {2}first: \d+ points, up to operation 20\n$/);
  assert.deepEqual([restored.exitCode, restored.stderr], [0, ""]);
  await withDatabase(at("target"), (db) => history.check(db, 20));
});

test("backup and restore, in JSON, with options", async () => {
  const flags = ["--without-checkpoints", "--checksums-only", "--json"];
  const { stdout } = await runOmendb("backup", at("source"), at("second"), "--base", at("backup"), ...flags);
  const backup = JSON.parse(stdout) as Record<string, unknown>;
  assert.match(String(backup["baseId"]), /^[0-9a-f]{32}$/);
  const again = await errorOf("restore", at("second"), at("target"));
  assert.deepEqual([again.exitCode, again.kind, again.code], [4, "conflict", "target_not_empty"]);
  const { stdout: told } = await runOmendb("restore", at("second"), at("target"), "--replace", "--json");
  const restored = JSON.parse(told) as Record<string, unknown>;
  assert.equal(restored["id"], backup["id"]);
  await withDatabase(at("target"), (db) => history.check(db, 20));
});

test("a folder that is open is refused, and who has it is told", async () => {
  await withDatabase(at("source"), async () => {
    for (const words of [
      ["backup", at("source"), at("third")],
      ["restore", at("backup"), at("source"), "--replace"],
    ]) {
      const { exitCode, code, message } = await errorOf(...words);
      assert.deepEqual([exitCode, code], [4, "folder_locked"]);
      assert.match(message, new RegExp(`process ${process.pid} `));
      assert.match((await runOmendb(...words)).stderr, /^omendb: The folder [^\n]+\n$/);
    }
  });
});

test("what is no database and what is no backup", async () => {
  await mkdir(at("empty"));
  const nothing = await errorOf("backup", at("empty"), at("third"));
  assert.deepEqual([nothing.exitCode, nothing.code], [3, "database_not_found"]);
  assert.deepEqual(await readdir(at("empty")), []);
  assert.equal((await errorOf("backup", at("none"), at("third"))).exitCode, 3);
  assert.equal((await errorOf("restore", at("empty"), at("third"))).exitCode, 2);
  assert.equal((await errorOf("restore", at("empty"))).code, "usage");
  await writeFile(join(at("backup"), "extra"), "");
  const damaged = await errorOf("restore", at("backup"), at("third"));
  assert.deepEqual([damaged.exitCode, damaged.code], [6, "backup_damaged"]);
  assert.ok(!(await readdir(folder)).includes("third"));
});

test("the version is that of the package", async () => {
  assert.match((await runOmendb("--version")).stdout, /^\d+\.\d+\.\d+/);
  assert.match((await runOmendb("--help")).stdout, /backup[\s\S]*restore/);
});
