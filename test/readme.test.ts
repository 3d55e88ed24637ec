// Runs what README.md says can be run, as it is written there, and compares what it prints with what the page says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { repositoryRoot } from "./architecture-files.js";
import { readme, runnableBlocks } from "./readme-blocks.js";

const run = promisify(execFile);
const commands = ["npm ci && npm start", "npm ci && npm test"];

for (const [i, block] of runnableBlocks(readme).entries()) {
  test(`runnable block ${i + 1} of README.md prints what the page says`, async (t) => {
    assert.equal(block.language, "js", "TypeScript is run by consumer.test.ts, from the same block");
    const folder = await mkdtemp(join(tmpdir(), "omendb-readme-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, "node_modules"));
    await symlink(repositoryRoot, join(folder, "node_modules", "omendb"), "junction");
    await writeFile(join(folder, "example.mjs"), block.code);
    const { stdout, stderr } = await run(process.execPath, ["example.mjs"], { cwd: folder });
    assert.equal(stderr, "");
    assert.equal(stdout, block.output);
  });
}

test("README.md has a program to run", () => {
  assert.notEqual(runnableBlocks(readme).length, 0);
  assert.throws(() => runnableBlocks("```js runnable\n1;\n```\n"));
});

test("README.md names both commands in its first screen, and what they need", () => {
  const firstScreen = readme.split("\n").slice(0, 25).join("\n");
  for (const command of commands) assert.ok(firstScreen.includes(command), command);
  assert.match(firstScreen, /Node\.js 20\.19/);
});

test("the checks run the test command that README.md gives", () => {
  const checks = readFileSync(join(repositoryRoot, ".ci", "run"), "utf8");
  for (const part of "npm ci && npm test".split(" && ")) assert.ok(checks.includes(part), part);
});
