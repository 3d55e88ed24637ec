// The catalogue: what it keeps, in which order, and which damage it finds.

import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { writeCatalogMeta } from "./catalog-record.js";
import { type CatalogStore, openCatalogStore } from "./catalog-store.js";
import { open } from "./lmdb-module.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

test("agrees with a map under random commits and openings", async () => {
  const keys = fc.oneof(
    fc.constantFrom("a", "b", "ab", "é", "\uffff", "𝄞"),
    fc.string({ minLength: 1, maxLength: 20 }),
  );
  const changes = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("put" as const), key: keys, value: fc.jsonValue() }),
      fc.record({ kind: fc.constant("remove" as const), key: keys }),
    ),
  );
  const script = fc.array(fc.record({ changes, isReopened: fc.boolean() }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const folder = folders.make();
      const model = new Map<string, string>();
      let store = await openCatalogStore(folder);
      for (const { changes, isReopened } of steps) {
        await store.commit(changes as Parameters<CatalogStore["commit"]>[0]);
        for (const change of changes) {
          if (change.kind === "put") model.set(change.key, JSON.stringify(change.value));
          else model.delete(change.key);
        }
        if (isReopened) {
          await store.close();
          store = await openCatalogStore(folder, { mode: "open" });
        }
        check(store, model);
      }
      await store.close();
    }),
    { numRuns: 30 },
  );
});

function check(store: CatalogStore, model: ReadonlyMap<string, string>): void {
  const expected = [...model].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(
    store.entries().map(({ key, value }) => [key, JSON.stringify(value)]),
    expected,
  );
  for (const [key, text] of expected) assert.equal(JSON.stringify(store.get(key)), text);
  assert.equal(store.get("never there"), undefined);
}

test("keeps keys such as __proto__, and copies of its own", async () => {
  const store = await openCatalogStore(folders.make());
  const value = JSON.parse('{"__proto__":{"a":1},"list":[1]}') as { list: number[] };
  const committed = store.commit([{ kind: "put", key: "k", value }]);
  value.list.push(2);
  await committed;
  (store.get("k") as { list: number[] }).list.push(3);
  assert.equal(JSON.stringify(store.get("k")), '{"__proto__":{"a":1},"list":[1]}');
  await store.close();
});

test("is closed for good", async () => {
  const store = await openCatalogStore(folders.make());
  await store.close();
  await store.close();
  const closed = { kind: "closed", code: "store_closed" };
  assert.throws(() => store.get("a"), closed);
  assert.throws(() => store.entries(), closed);
  await assert.rejects(store.commit([]), closed);
});

test("finds a flipped bit, a missing record, a short file and another version when it is opened", async () => {
  const folder = await stored();
  const path = join(folder, "data.mdb");
  const file = readFileSync(path);
  const sound = Buffer.from(file);
  const at = file.lastIndexOf('"marked"');
  file[at + 2] = file[at + 2]! ^ 1;
  writeFileSync(path, file);
  await assert.rejects(openCatalogStore(folder), { kind: "corrupt", code: "record_corrupt" });
  writeFileSync(path, sound);
  await alter(folder, "records", (table) => table.remove(Buffer.from("a")));
  await assert.rejects(openCatalogStore(folder), { kind: "corrupt", code: "keys_missing" });
  const { key, record } = writeCatalogMeta(["a", "b"], 2);
  await alter(folder, "meta", (table) => table.put(key, record));
  await assert.rejects(openCatalogStore(folder), { kind: "unsupported", code: "format_version" });
  await alter(folder, "meta", (table) => table.remove(key));
  await assert.rejects(openCatalogStore(folder), { kind: "corrupt", code: "meta_corrupt" });
  truncateSync(path, sound.length - 1);
  await assert.rejects(openCatalogStore(folder), { kind: "corrupt", code: "file_truncated" });
});

async function stored(): Promise<string> {
  const folder = folders.make();
  const store = await openCatalogStore(folder);
  await store.commit([
    { kind: "put", key: "a", value: { name: "first" } },
    { kind: "put", key: "b", value: "marked" },
  ]);
  await store.close();
  return folder;
}

interface RawTable {
  put(key: Uint8Array, value: Uint8Array): unknown;
  remove(key: Uint8Array): unknown;
}

/** Changes a table behind the back of the catalogue. */
async function alter(folder: string, name: string, change: (table: RawTable) => void): Promise<void> {
  const root = open(folder, {
    noSubdir: false,
    overlappingSync: false,
    pageSize: 16384,
    maxDbs: 8,
    encoding: "binary",
  });
  const table = root.openDB(name, { encoding: "binary", keyEncoding: "binary" });
  await root.batch(() => change(table));
  await root.close();
}
