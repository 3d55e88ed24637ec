// Every method of the official client, by name: it works, or it is refused with Qdrant's error form, and none is forgotten.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { QdrantClient } from "@qdrant/js-client-rest";
import { open, type Database } from "omendb";
import { serve, type OmenServer } from "omendb/server";

type Call = (client: QdrantClient) => Promise<unknown>;

interface Working {
  readonly call: Call;
  readonly check: (result: never) => void;
}

/** What the client throws for an answer that is none. */
interface ClientError {
  readonly status?: number;
  readonly data?: { readonly status?: { readonly error?: string } };
}

/** A collection `c` has points 1 to 4 on a line, with `n` as their numbers. */
const works: Readonly<Record<string, Working>> = {
  scroll: working(
    (client) => client.scroll("c", { order_by: { key: "n", direction: "desc" }, limit: 2 }),
    ({ points }: { points: { id: number; order_value: number }[] }) =>
      assert.deepEqual(
        points.map(({ id, order_value }) => [id, order_value]),
        [
          [4, 4],
          [3, 3],
        ],
      ),
  ),
  count: working(
    (client) => client.count("c"),
    (result: unknown) => assert.deepEqual(result, { count: 4 }),
  ),
  collectionClusterInfo: working(
    (client) => client.collectionClusterInfo("c"),
    ({ local_shards }: { local_shards: unknown }) =>
      assert.deepEqual(local_shards, [{ shard_id: 0, points_count: 4, state: "Active" }]),
  ),
  updateVectors: working(
    (client) => client.updateVectors("c", { points: [{ id: 1, vector: [1, 0] }] }),
    done,
  ),
  deleteVectors: working((client) => client.deleteVectors("named", { vector: ["b"], points: [1] }), done),
  upsert: working(
    (client) => client.upsert("c", { points: [{ id: 1, vector: [1, 0], payload: { n: 1 } }] }),
    done,
  ),
  retrieve: working(
    (client) => client.retrieve("c", { ids: [2] }),
    (result: unknown) => assert.deepEqual(result, [{ id: 2, payload: { n: 2 } }]),
  ),
  delete: working((client) => client.delete("c", { points: [99], wait: true }), done),
  setPayload: working((client) => client.setPayload("other", { payload: { a: 1 }, points: [1] }), done),
  overwritePayload: working(
    async (client) => {
      await client.overwritePayload("other", { payload: { a: { b: 1, c: 2 }, d: 3 }, points: [1] });
      await client.overwritePayload("other", { payload: { e: 4 }, key: "a", points: [1] });
      return client.retrieve("other", { ids: [1] });
    },
    (result: unknown) => assert.deepEqual(result, [{ id: 1, payload: { a: { e: 4 }, d: 3 } }]),
  ),
  deletePayload: working((client) => client.deletePayload("other", { keys: ["a"], points: [1] }), done),
  clearPayload: working((client) => client.clearPayload("other", { points: [1] }), done),
  getCollections: working(
    (client) => client.getCollections(),
    ({ collections }: { collections: { name: string }[] }) =>
      assert.ok(collections.some(({ name }) => name === "c")),
  ),
  getCollection: working(
    (client) => client.getCollection("c"),
    ({ points_count }: { points_count: number }) => assert.equal(points_count, 4),
  ),
  updateCollection: working(
    (client) => client.updateCollection("c", { optimizers_config: { indexing_threshold: 10_000 } }),
    isTrue,
  ),
  deleteCollection: working(
    (client) => client.deleteCollection("none"),
    (result: unknown) => assert.equal(result, false),
  ),
  createCollection: working(
    (client) => client.createCollection("made", { vectors: { size: 2, distance: "Euclid" } }),
    isTrue,
  ),
  recreateCollection: working(
    (client) => client.recreateCollection("made again", { vectors: { size: 2, distance: "Euclid" } }),
    isTrue,
  ),
  createPayloadIndex: working(
    (client) => client.createPayloadIndex("other", { field_name: "k", field_schema: "keyword", wait: true }),
    done,
  ),
  deletePayloadIndex: working((client) => client.deletePayloadIndex("other", "k"), done),
  batchUpdate: working(
    (client) =>
      client.batchUpdate("other", {
        operations: [
          { upsert: { points: [{ id: 7, vector: [1, 1] }] } },
          { set_payload: { payload: { x: 1 }, points: [7] } },
          { delete: { points: [7] } },
        ],
      }),
    (results: { status: string }[]) =>
      assert.deepEqual(
        results.map(({ status }) => status),
        ["completed", "completed", "completed"],
      ),
  ),
  getOptimizations: working(
    (client) => client.getOptimizations("c"),
    ({
      summary,
      running,
    }: {
      summary: { queued_segments: number; idle_segments: number };
      running: unknown;
    }) => {
      assert.equal(summary.queued_segments + summary.idle_segments, 1);
      assert.deepEqual(running, []);
    },
  ),
  versionInfo: working(
    (client) => client.versionInfo(),
    ({ version }: { version: string }) => assert.match(version, /^1\.19\./u),
  ),
  collectionExists: working(
    (client) => client.collectionExists("c"),
    (result: unknown) => assert.deepEqual(result, { exists: true }),
  ),
  query: working(
    (client) => client.query("c", { query: [1, 0], limit: 1 }),
    ({ points }: { points: unknown[] }) => assert.equal(points.length, 1),
  ),
  queryBatch: working(
    (client) =>
      client.queryBatch("c", {
        searches: [
          { query: [1, 0], limit: 1 },
          { query: 2, limit: 2 },
        ],
      }),
    (results: { points: unknown[] }[]) =>
      assert.deepEqual(
        results.map(({ points }) => points.length),
        [1, 2],
      ),
  ),
  queryGroups: working(
    (client) => client.queryGroups("c", { query: [1, 0], group_by: "n", limit: 2, group_size: 1 }),
    ({ groups }: { groups: unknown[] }) => assert.equal(groups.length, 2),
  ),
  facet: working(
    (client) => client.facet("c", { key: "n" }),
    ({ hits }: { hits: unknown[] }) => assert.equal(hits.length, 4),
  ),
};

const noSnapshots = /snapshots are not supported yet/u;

/** What is refused, and with which words. */
const refused: Readonly<Record<string, { readonly call: Call; readonly words: RegExp }>> = {
  updateCollectionCluster: {
    call: (client) => client.updateCollectionCluster("c", { drop_replica: { shard_id: 0, peer_id: 1 } }),
    words: /Distributed mode disabled/u,
  },
  createVectorName: {
    call: (client) => client.createVectorName("c", "v", { dense: { size: 2, distance: "Dot" } }),
    words: /named when a collection is created/u,
  },
  deleteVectorName: {
    call: (client) => client.deleteVectorName("c", "v"),
    words: /named when a collection is created/u,
  },
  recoverShardFromSnapshot: {
    call: (client) => client.recoverShardFromSnapshot("c", 0, { location: "file:///nowhere" }),
    words: /one shard/u,
  },
  listShardSnapshots: { call: (client) => client.listShardSnapshots("c", 0), words: /one shard/u },
  createShardSnapshot: { call: (client) => client.createShardSnapshot("c", 0, {}), words: /one shard/u },
  deleteShardSnapshot: { call: (client) => client.deleteShardSnapshot("c", 0, "s", {}), words: /one shard/u },
  listShardKeys: { call: (client) => client.listShardKeys("c"), words: /Distributed mode disabled/u },
  createShardKey: {
    call: (client) => client.createShardKey("c", { shard_key: "k" }),
    words: /Distributed mode disabled/u,
  },
  deleteShardKey: {
    call: (client) => client.deleteShardKey("c", { shard_key: "k" }),
    words: /Distributed mode disabled/u,
  },
  updateCollectionAliases: {
    call: (client) => client.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: "a" } }] }),
    words: /aliases are not supported yet/u,
  },
  getCollectionAliases: {
    call: (client) => client.getCollectionAliases("c"),
    words: /aliases are not supported yet/u,
  },
  getAliases: { call: (client) => client.getAliases(), words: /aliases are not supported yet/u },
  listSnapshots: { call: (client) => client.listSnapshots("c"), words: noSnapshots },
  createSnapshot: { call: (client) => client.createSnapshot("c"), words: noSnapshots },
  deleteSnapshot: { call: (client) => client.deleteSnapshot("c", "s"), words: noSnapshots },
  listFullSnapshots: { call: (client) => client.listFullSnapshots(), words: noSnapshots },
  createFullSnapshot: { call: (client) => client.createFullSnapshot(), words: noSnapshots },
  deleteFullSnapshot: { call: (client) => client.deleteFullSnapshot("s"), words: noSnapshots },
  recoverSnapshot: {
    call: (client) => client.recoverSnapshot("c", { location: "file:///nowhere" }),
    words: noSnapshots,
  },
  searchMatrixPairs: { call: (client) => client.searchMatrixPairs("c", {}), words: /matrices/u },
  searchMatrixOffsets: { call: (client) => client.searchMatrixOffsets("c", {}), words: /matrices/u },
  clusterTelemetry: { call: (client) => client.clusterTelemetry(), words: /Distributed mode disabled/u },
  getQuotas: { call: (client) => client.getQuotas(), words: /quotas are not supported/u },
  updateQuotas: { call: (client) => client.updateQuotas({}), words: /quotas are not supported/u },
};

/** Those that send nothing themselves. */
const local: readonly string[] = ["constructor", "api"];

function working(call: Call, check: (result: never) => void): Working {
  return { call, check };
}

function done(result: { readonly status: string }): void {
  assert.equal(result.status, "completed");
}

function isTrue(result: unknown): void {
  assert.equal(result, true);
}

describe("the methods of the official client", () => {
  let db: Database;
  let server: OmenServer;
  let client: QdrantClient;

  before(async () => {
    db = await open(":memory:");
    server = await serve(db, { port: 0 });
    client = new QdrantClient({ url: server.url });
    for (const name of ["c", "other"]) {
      await client.createCollection(name, { vectors: { size: 2, distance: "Dot" } });
      const points = [1, 2, 3, 4].map((n) => ({ id: n, vector: [n, 1], payload: { n } }));
      await client.upsert(name, { wait: true, points });
    }
    const field = { size: 2, distance: "Dot" } as const;
    await client.createCollection("named", { vectors: { a: field, b: field } });
    await client.upsert("named", { wait: true, points: [{ id: 1, vector: { a: [1, 0], b: [0, 1] } }] });
  });

  after(async () => {
    await server.close();
    await db.close();
  });

  test("each is in one of the lists", () => {
    const known = [...Object.keys(works), ...Object.keys(refused), ...local];
    assert.deepEqual(known.toSorted(), Object.getOwnPropertyNames(QdrantClient.prototype).toSorted());
  });

  for (const [name, { call, check }] of Object.entries(works)) {
    test(`${name} works`, async () => check((await call(client)) as never));
  }

  for (const [name, { call, words }] of Object.entries(refused)) {
    test(`${name} is refused by name`, async () => {
      const error = await call(client).then(
        () => assert.fail("it was not refused"),
        (thrown: unknown) => thrown as ClientError,
      );
      assert.equal(error.status, 400);
      assert.match(error.data?.status?.error ?? "", words);
    });
  }
});
