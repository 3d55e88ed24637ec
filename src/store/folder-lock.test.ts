// The lock of a folder: whoever asks second is refused, however it asks; whoever is gone does not hold on.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import type { link } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { OmenError } from "../base/omen-error.js";
import { acquireFolderLock, isLockFileName, linkOrCopy } from "./folder-lock.js";
import { ownIdentity, type ProcessIdentity } from "./process-identity.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  folders.remove();
});

const locked = { kind: "conflict", code: "folder_locked" };

test("one at a time, again and again, and leaves one file", async () => {
  const folder = folders.make();
  for (let i = 0; i < 5; i++) {
    const lock = await acquireFolderLock(folder);
    await assert.rejects(acquireFolderLock(folder), (error: OmenError) => {
      assert.match(error.message, /this process since/);
      return error.code === "folder_locked";
    });
    await lock.release();
    await lock.release();
  }
  assert.deepEqual(readdirSync(folder), ["lock.5"]);
  assert.ok(readdirSync(folder).every(isLockFileName));
});

test("is the same under every path", async () => {
  const folder = folders.make();
  const other = join(folders.make(), "link");
  symlinkSync(folder, other, "junction");
  const lock = await acquireFolderLock(folder);
  for (const path of [other, relative(process.cwd(), folder), join(folder, ".")]) {
    await assert.rejects(acquireFolderLock(path), locked);
  }
  await lock.release();
  await (await acquireFolderLock(other)).release();
});

test("is the same in a worker thread", async () => {
  const folder = folders.make();
  const lock = await acquireFolderLock(folder);
  assert.equal(await codeInWorker(folder), "folder_locked");
  await lock.release();
  assert.equal(await codeInWorker(folder), "ok");
});

test("of many asking at once in one process one gets it", async () => {
  const folder = folders.make();
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireFolderLock(folder)));
  const held = results.filter((result) => result.status === "fulfilled");
  assert.equal(held.length, 1);
  for (const result of results)
    if (result.status === "rejected") assert.equal((result.reason as OmenError).code, "folder_locked");
});

test("of processes racing for it one at a time has it", { timeout: 120_000 }, async () => {
  const folder = folders.make();
  const ends = await Promise.all(Array.from({ length: 4 }, () => ended(startTaker(folder, "40"))));
  for (const end of ends) assert.deepEqual(end, { code: 0, output: "done\n" });
});

test("a killed holder does not hold on, a living one does", async () => {
  const folder = folders.make();
  for (let i = 0; i < 3; i++) {
    const holder = startTaker(folder, "hold");
    await new Promise((resolve) => holder.stdout!.once("data", resolve));
    await assert.rejects(acquireFolderLock(folder), (error: OmenError) => {
      assert.match(error.message, new RegExp(`process ${holder.pid!} on host`));
      return error.code === "folder_locked";
    });
    const end = ended(holder);
    holder.kill("SIGKILL");
    await end;
    const lock = await acquireFolderLock(folder);
    await lock.release();
  }
});

const now = new Date();
const longAgo = new Date(Date.now() - 60_000);
const holders: [string, (own: ProcessIdentity) => object, Date, boolean][] = [
  ["this process", (own) => own, longAgo, true],
  ["a process that took the number of one that ended", (own) => ({ ...own, start: "1" }), now, false],
  ["a process that ended", (own) => ({ ...own, pid: 2 ** 22 + 1 }), now, false],
  ["a process of another host, seen just now", (own) => ({ ...own, host: "elsewhere" }), now, true],
  ["a process of another host, not seen for long", (own) => ({ ...own, host: "elsewhere" }), longAgo, false],
  [
    "a process of another container, seen just now",
    (own) => ({ ...own, pidNamespace: "pid:[1]" }),
    now,
    true,
  ],
  [
    "a process of another container, not seen for long",
    (own) => ({ ...own, pidNamespace: "pid:[1]" }),
    longAgo,
    false,
  ],
  [
    "a process before the machine was started, not seen for long",
    (own) => ({ ...own, boot: "-" }),
    longAgo,
    false,
  ],
];
for (const [what, holder, touched, isHeld] of holders) {
  const skip = isHeld || process.platform === "linux" ? false : "only Linux tells starts of processes";
  test(`${what} ${isHeld ? "holds" : "does not hold"}`, { skip }, async () => {
    const folder = folders.make();
    const content = {
      holder: holder(await ownIdentity()),
      since: "2026-01-01T00:00:00.000Z",
      released: false,
    };
    writeLock(folder, { text: JSON.stringify(content), touched });
    if (isHeld) await assert.rejects(acquireFolderLock(folder), locked);
    else {
      await (await acquireFolderLock(folder)).release();
      assert.deepEqual(readdirSync(folder), ["lock.8"]);
    }
  });
}

for (const text of ["", "garbage", '{"holder":', "null", "[]", '{"holder":{"pid":"1"}}']) {
  test(`a lock file of ${JSON.stringify(text)} counts while it is young`, async () => {
    const folder = folders.make();
    writeLock(folder, { text, touched: now });
    await assert.rejects(acquireFolderLock(folder), locked);
    writeLock(folder, { text, touched: longAgo });
    await (await acquireFolderLock(folder)).release();
  });
}

test("removes what takers that were killed left, and nothing else", async () => {
  const folder = folders.make();
  const names = ["lock.new.old", "lock.new.young", "lock.txt", "lock", "lock.-1"];
  for (const name of names) writeFileSync(join(folder, name), "");
  utimesSync(join(folder, "lock.new.old"), longAgo, new Date(Date.now() - 120_000));
  await (await acquireFolderLock(folder)).release();
  assert.deepEqual(new Set(readdirSync(folder)), new Set([...names.slice(1), "lock.1"]));
});

test("a folder that cannot be locked says so", async () => {
  const missing = join(folders.make(), "missing");
  await assert.rejects(acquireFolderLock(missing), { kind: "unavailable", code: "lock_failed" });
});

test("without links, a copy takes the name, and fails if it is taken", async () => {
  const folder = folders.make();
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  writeFileSync(from, "content");
  const noLinks: typeof link = () =>
    Promise.reject(Object.assign(new Error("no links"), { code: "ENOTSUP" }));
  await linkOrCopy(from, to, noLinks);
  assert.equal(readFileSync(to, "utf8"), "content");
  await assert.rejects(linkOrCopy(from, to, noLinks), { code: "EEXIST" });
  await assert.rejects(linkOrCopy(from, to), { code: "EEXIST" });
});

function writeLock(folder: string, { text, touched }: { text: string; touched: Date }): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "lock.7");
  writeFileSync(path, text);
  utimesSync(path, touched, touched);
}

function startTaker(folder: string, task: string): ChildProcess {
  const program = fileURLToPath(new URL("./lock-taker.suite.js", import.meta.url));
  const child = spawn(process.execPath, [program, folder, task], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = "";
  child.stdout!.on("data", (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

async function codeInWorker(folder: string): Promise<unknown> {
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.module)
      .then(({ acquireFolderLock }) => acquireFolderLock(workerData.folder))
      .then((lock) => lock.release())
      .then(() => parentPort.postMessage("ok"), (error) => parentPort.postMessage(error.code));`;
  const module = new URL("./folder-lock.js", import.meta.url).href;
  const worker = new Worker(source, { eval: true, workerData: { module, folder } });
  const code = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  await worker.terminate();
  return code;
}
