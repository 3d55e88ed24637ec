// A process whose heap is exhausted ends, whatever it does: V8 gives no chance to refuse. That is a crash like any other, after
// which everything acknowledged is there, and every write is there as a whole or not at all.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { open } from "omendb";

const perWrite = 200;

test(
  "a process that runs out of heap has lost nothing that was acknowledged",
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "omendb-heap-"));
    const child = spawn(
      process.execPath,
      ["--max-old-space-size=40", fileURLToPath(new URL("./heap-child.js", import.meta.url)), folder],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const [told, complaint] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    assert.match(complaint, /heap out of memory/);
    const acknowledged = told.split("\n").length - 1;
    assert.ok(acknowledged > 0, "it wrote until then");
    const database = await open(folder);
    const collection = await database.collection("points");
    const count = await collection.count();
    assert.ok(
      count === acknowledged * perWrite || count === (acknowledged + 1) * perWrite,
      `${count} points`,
    );
    for (let write = 0; write < acknowledged; write++) {
      const ids = Array.from({ length: perWrite }, (_, i) => `${write}-${i}`);
      const points = await collection.get(ids);
      assert.ok(points.every((point, i) => point?.metadata?.["f7"] === `${write}-${i}-7`));
    }
    await database.close();
    await rm(folder, { recursive: true });
  },
);
