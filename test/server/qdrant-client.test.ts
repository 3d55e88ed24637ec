// The official client of Qdrant, unmodified, against a server: what it sends is understood, and what it gets it can use.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { QdrantClient } from "@qdrant/js-client-rest";
import { open, type Database } from "omendb";
import { serve, type OmenServer } from "omendb/server";

const uuid = "550e8400-e29b-41d4-a716-446655440000";
const large = 18_446_744_073_709_551_615n;

describe("the official client", () => {
  let db: Database;
  let server: OmenServer;
  let client: QdrantClient;

  before(async () => {
    db = await open(":memory:");
    server = await serve(db, { port: 0 });
    client = new QdrantClient({ url: server.url, port: Number(new URL(server.url).port) });
    await client.createCollection("cities", { vectors: { size: 4, distance: "Dot" } });
    await client.upsert("cities", {
      wait: true,
      points: [
        { id: 1, vector: [0.05, 0.61, 0.76, 0.74], payload: { city: "Berlin", count: [1, 5], price: 1.5 } },
        { id: 2, vector: [0.19, 0.81, 0.75, 0.11], payload: { city: "London", count: [9], price: 11 } },
        { id: uuid, vector: [0.36, 0.55, 0.47, 0.94], payload: { city: "Berlin", count: [] } },
        { id: 4, vector: [0.18, 0.01, 0.85, 0.8], payload: { city: null } },
      ],
    });
  });

  after(async () => {
    await server.close();
    await db.close();
  });

  test("collections are made, shown and dropped", async () => {
    assert.equal(
      await client.createCollection("other", { vectors: { a: { size: 2, distance: "Cosine" } } }),
      true,
    );
    assert.deepEqual(await client.collectionExists("other"), { exists: true });
    const info = await client.getCollection("cities");
    assert.equal(info.status, "green");
    assert.equal(info.points_count, 4);
    assert.deepEqual(info.config.params.vectors, { size: 4, distance: "Dot" });
    const { collections } = await client.getCollections();
    assert.deepEqual(
      collections.map(({ name }) => name),
      ["cities", "other"],
    );
    await assert.rejects(client.createCollection("other", { vectors: { size: 2, distance: "Cosine" } }), {
      status: 409,
    });
    assert.equal(await client.deleteCollection("other"), true);
    assert.equal(await client.deleteCollection("other"), false);
  });

  test("the nearest points are found, by a vector and by a point", async () => {
    const { points } = await client.query("cities", {
      query: [0.2, 0.1, 0.9, 0.7],
      limit: 3,
      with_payload: true,
    });
    assert.deepEqual(
      points.map(({ id }) => id),
      [4, 1, uuid],
    );
    assert.equal(points[0]!.score, 1.362);
    assert.deepEqual(points[0]!.payload, { city: null });
    const byPoint = await client.query("cities", { query: 1, limit: 10 });
    assert.ok(!byPoint.points.some(({ id }) => id === 1));
    assert.equal(byPoint.points[0]!.payload, undefined);
    const [hits] = await client.queryBatch("cities", {
      searches: [{ query: uuid, limit: 1, with_vector: true }],
    });
    assert.equal(hits!.points.length, 1);
    assert.ok(Array.isArray(hits!.points[0]!.vector));
  });

  const filters: readonly (readonly [string, Record<string, unknown>, readonly unknown[]])[] = [
    ["a value", { must: [{ key: "city", match: { value: "Berlin" } }] }, [1, uuid]],
    ["any of some values", { must: { key: "city", match: { any: ["London", "Paris"] } } }, [2]],
    ["a value that is none of some", { must: [{ key: "city", match: { except: ["Berlin"] } }] }, [2]],
    ["one element in a range", { must: [{ key: "count", range: { gte: 4, lt: 6 } }] }, [1]],
    ["elements on both sides of a range", { must: [{ key: "count", range: { gt: 1, lt: 5 } }] }, []],
    ["a number in a range", { must: [{ key: "price", range: { gt: 1, lt: 2 } }] }, [1]],
    ["none of these", { must_not: [{ key: "city", match: { value: "Berlin" } }] }, [2, 4]],
    ["ids", { must: [{ has_id: [1, uuid, 99] }] }, [1, uuid]],
    ["empty", { must: [{ is_empty: { key: "count" } }] }, [4, uuid]],
    ["null", { must: [{ is_null: { key: "city" } }] }, [4]],
    ["counts of values", { must: [{ key: "count", values_count: { gte: 1, lt: 2 } }] }, [2]],
    ["a part of a text", { must: [{ key: "city", match: { text: "erl" } }] }, [1, uuid]],
    [
      "two of three",
      {
        min_should: {
          min_count: 2,
          conditions: [
            { key: "city", match: { value: "Berlin" } },
            { key: "price", range: { lt: 2 } },
            { has_id: [2] },
          ],
        },
      },
      [1],
    ],
  ];
  for (const [name, filter, expected] of filters) {
    test(`a filter by ${name}`, async () => {
      const { points } = await client.scroll("cities", { filter });
      assert.deepEqual(
        points.map(({ id }) => id),
        expected,
      );
      assert.deepEqual(await client.count("cities", { filter }), { count: expected.length });
    });
  }

  test("pages follow one another", async () => {
    const first = await client.scroll("cities", { limit: 2 });
    assert.deepEqual(
      first.points.map(({ id }) => id),
      [1, 2],
    );
    assert.equal(first.next_page_offset, 4);
    const second = await client.scroll("cities", { limit: 2, offset: 4 });
    assert.deepEqual(
      second.points.map(({ id }) => id),
      [4, uuid],
    );
    assert.equal(second.next_page_offset, null);
  });

  test("payload is set, replaced, deleted and cleared", async () => {
    await client.upsert("cities", {
      wait: true,
      points: [{ id: 7, vector: [1, 1, 1, 1], payload: { a: 1, b: { c: 2 } } }],
    });
    const payload = async (): Promise<unknown> => (await client.retrieve("cities", { ids: [7] }))[0]!.payload;
    await client.setPayload("cities", { payload: { b: { d: 3 }, e: 4 }, points: [7] });
    assert.deepEqual(await payload(), { a: 1, b: { d: 3 }, e: 4 });
    await client.deletePayload("cities", { keys: ["b.d", "e"], points: [7] });
    assert.deepEqual(await payload(), { a: 1, b: {} });
    await client.overwritePayload("cities", { payload: { only: true }, points: [7] });
    assert.deepEqual(await payload(), { only: true });
    await client.clearPayload("cities", { points: [7] });
    assert.deepEqual(await payload(), {});
    await client.delete("cities", { points: [7] });
    assert.deepEqual(await client.retrieve("cities", { ids: [7] }), []);
  });

  test("vectors change and go, and the rest of a point stays", async () => {
    await client.createCollection("named", {
      vectors: { a: { size: 2, distance: "Dot" }, b: { size: 2, distance: "Dot" } },
    });
    const points = [{ id: 1, vector: { a: [1, 2], b: [3, 4] }, payload: { kept: true } }];
    await client.upsert("named", { wait: true, points });
    await client.updateVectors("named", { points: [{ id: 1, vector: { a: [5, 6] } }] });
    const read = async (): Promise<unknown> => {
      const found = await client.retrieve("named", { ids: [1], with_vector: true });
      return found.map(({ vector, payload }) => ({ vector, payload }));
    };
    assert.deepEqual(await read(), [{ vector: { a: [5, 6], b: [3, 4] }, payload: { kept: true } }]);
    await client.deleteVectors("named", { vector: ["b"], points: [1] });
    assert.deepEqual(await read(), [{ vector: { a: [5, 6] }, payload: { kept: true } }]);
    await client.deleteCollection("named");
  });

  test("values are counted, and hits are grouped", async () => {
    const { hits } = await client.facet("cities", { key: "city" });
    assert.deepEqual(
      hits.map(({ value, count }) => [value, count]),
      [
        ["Berlin", 2],
        ["London", 1],
      ],
    );
    const { groups } = await client.queryGroups("cities", {
      query: [0.2, 0.1, 0.9, 0.7],
      group_by: "city",
      limit: 2,
      group_size: 1,
    });
    assert.deepEqual(
      groups.map(({ id }) => id),
      ["Berlin", "London"],
    );
  });

  test("an index over payload is declared and taken back", async () => {
    await client.createPayloadIndex("cities", { field_name: "city", field_schema: "text", wait: true });
    assert.equal((await client.getCollection("cities")).payload_schema["city"]?.data_type, "text");
    const { points } = await client.scroll("cities", {
      filter: { must: [{ key: "city", match: { text: "erl" } }] },
    });
    assert.deepEqual(points, []);
    await client.deletePayloadIndex("cities", "city");
    assert.deepEqual((await client.getCollection("cities")).payload_schema, {});
  });

  test("ids of 64 bits stay apart", async () => {
    // Two neighbors that a double cannot tell apart, as the client's JavaScript cannot: so the body is written by hand.
    const url = `${server.url}/collections/cities/points`;
    const point = (id: bigint): string => `{"id":${id},"vector":[1,0,0,0]}`;
    const body = `{"points":[${point(large)},${point(large - 1n)}]}`;
    const put = await fetch(`${url}?wait=true`, { method: "PUT", body });
    assert.equal(put.status, 200);
    const text = await (
      await fetch(url, { method: "POST", body: `{"ids":[${large},${large - 1n}]}` })
    ).text();
    assert.ok(text.includes(`"id":${large}`) && text.includes(`"id":${large - 1n}`), text);
    await fetch(`${url}/delete`, { method: "POST", body: `{"points":[${large},${large - 1n}]}` });
  });

  const wrong: readonly (readonly [string, string, string, string, number, RegExp])[] = [
    [
      "another dimension",
      "PUT",
      "/collections/cities/points",
      `{"points":[{"id":1,"vector":[1,2,3]}]}`,
      400,
      /Vector dimension error: expected dim: 4, got 3/,
    ],
    [
      "a missing collection",
      "POST",
      "/collections/none/points/query",
      "{}",
      404,
      /Collection `none` doesn't exist!/,
    ],
    [
      "a text as id",
      "PUT",
      "/collections/cities/points",
      `{"points":[{"id":"x","vector":[1,2,3,4]}]}`,
      400,
      /not a valid point ID/,
    ],
    ["no JSON", "PUT", "/collections/cities/points", "{", 400, /Format error in JSON body/],
    [
      "an unknown field",
      "POST",
      "/collections/cities/points/query",
      `{"qery":[1]}`,
      400,
      /unknown field `qery`/,
    ],
    [
      "what is not there yet",
      "POST",
      "/collections/cities/points/query",
      `{"query":{"fusion":"rrf"}}`,
      400,
      /not supported yet/,
    ],
    [
      "a limit of nothing",
      "POST",
      "/collections/cities/points/scroll",
      `{"limit":0}`,
      422,
      /must be 1 or larger/,
    ],
    ["a path that leads nowhere", "GET", "/nowhere", "", 404, /nothing at/],
    ["a method that a path has not", "PATCH", "/collections", "{}", 405, /not possible/],
  ];
  for (const [name, method, path, body, status, message] of wrong) {
    test(`refused: ${name}`, async () => {
      const response = await fetch(server.url + path, { method, ...(body === "" ? {} : { body }) });
      assert.equal(response.status, status);
      const { status: told } = (await response.json()) as { status: { error: string } };
      assert.match(told.error, message);
    });
  }
});

test("cosine vectors come back normalised, floats in their shortest text", async () => {
  const db = await open(":memory:");
  const server = await serve(db, { port: 0 });
  try {
    const post = (path: string, method: string, body: string): Promise<Response> =>
      fetch(server.url + path, { method, body });
    await post("/collections/c", "PUT", `{"vectors":{"size":2,"distance":"Cosine"}}`);
    await post("/collections/c/points?wait=true", "PUT", `{"points":[{"id":1,"vector":[3,4]}]}`);
    const text = await (await fetch(`${server.url}/collections/c/points/1`)).text();
    assert.ok(text.includes(`"vector":[0.6,0.8]`), text);
  } finally {
    await server.close();
    await db.close();
  }
});

test("keys open what they are good for", async () => {
  const db = await open(":memory:");
  await db.createCollection("a", { dimension: 2 });
  await db.createCollection("b", { dimension: 2 });
  const server = await serve(db, {
    port: 0,
    apiKeys: [
      { key: "all" },
      { key: "look", access: "read" },
      { key: "only-a", access: "write", collections: ["a"] },
    ],
  });
  try {
    const status = async (key: string | undefined, method: string, path: string): Promise<number> => {
      const headers = key === undefined ? {} : { "api-key": key };
      return (
        await fetch(server.url + path, { method, headers, ...(method === "GET" ? {} : { body: "{}" }) })
      ).status;
    };
    assert.equal(await status(undefined, "GET", "/collections"), 401);
    assert.equal(await status("wrong", "GET", "/collections"), 401);
    assert.equal(await status(undefined, "GET", "/"), 200);
    assert.equal(await status("look", "GET", "/collections"), 200);
    assert.equal(await status("look", "DELETE", "/collections/b"), 403);
    assert.equal(await status("only-a", "POST", "/collections/a/points/scroll"), 200);
    assert.equal(await status("only-a", "POST", "/collections/b/points/scroll"), 403);
    assert.equal(await status("only-a", "DELETE", "/collections/a"), 403);
    assert.equal(await status("all", "DELETE", "/collections/b"), 200);
  } finally {
    await server.close();
    await db.close();
  }
});
