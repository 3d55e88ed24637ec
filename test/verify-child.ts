// A program for verify.test.ts: verifies a database in memory while rows are consolidated, with nothing else to do.

import { open } from "omendb";

const dimension = 64;
const ids = Array.from({ length: 6000 }, (_, id) => id);
const db = await open(":memory:");
const points = await db.createCollection("points", { dimension, metric: "dot" });
const vectorOf = (id: number): Float32Array =>
  Float32Array.from({ length: dimension }, (_, i) => Math.sin(id * 7 + i * (id % 13)));
await points.upsert(ids.map((id) => ({ id, vector: vectorOf(id) })));
await points.waitForIndex();
await points.delete(ids.slice(0, ids.length / 2));
const { isSound } = await points.verify();
console.log(isSound ? "sound" : "damaged");
await db.close();
