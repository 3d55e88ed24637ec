// The table of routes in docs/reference/qdrant-coverage.md against the specification and against a running server.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { open } from "omendb";
import { serve } from "omendb/server";

/** The paths of Qdrant's specification, as of 1.19, with their methods. */
const specified: readonly string[] = [
  "/collections/{collection_name}/shards PUT GET",
  "/collections/{collection_name}/shards/delete POST",
  "/ GET",
  "/telemetry GET",
  "/metrics GET",
  "/healthz GET",
  "/livez GET",
  "/readyz GET",
  "/issues GET DELETE",
  "/cluster GET",
  "/cluster/telemetry GET",
  "/cluster/recover POST",
  "/cluster/peer/{peer_id} DELETE",
  "/quotas GET PUT",
  "/collections GET",
  "/collections/{collection_name} GET PUT PATCH DELETE",
  "/collections/aliases POST",
  "/collections/{collection_name}/index PUT",
  "/collections/{collection_name}/exists GET",
  "/collections/{collection_name}/index/{field_name} DELETE",
  "/collections/{collection_name}/vectors/{vector_name} PUT DELETE",
  "/collections/{collection_name}/cluster GET POST",
  "/collections/{collection_name}/optimizations GET",
  "/collections/{collection_name}/aliases GET",
  "/aliases GET",
  "/collections/{collection_name}/snapshots/upload POST",
  "/collections/{collection_name}/snapshots/recover PUT",
  "/collections/{collection_name}/snapshots GET POST",
  "/collections/{collection_name}/snapshots/{snapshot_name} DELETE GET",
  "/snapshots GET POST",
  "/snapshots/{snapshot_name} DELETE GET",
  "/collections/{collection_name}/shards/{shard_id}/snapshot GET",
  "/collections/{collection_name}/shards/{shard_id}/snapshots/upload POST",
  "/collections/{collection_name}/shards/{shard_id}/snapshots/recover PUT",
  "/collections/{collection_name}/shards/{shard_id}/snapshots GET POST",
  "/collections/{collection_name}/shards/{shard_id}/snapshots/{snapshot_name} DELETE GET",
  "/collections/{collection_name}/points/{id} GET",
  "/collections/{collection_name}/points POST PUT",
  "/collections/{collection_name}/points/delete POST",
  "/collections/{collection_name}/points/vectors PUT",
  "/collections/{collection_name}/points/vectors/delete POST",
  "/collections/{collection_name}/points/payload POST PUT",
  "/collections/{collection_name}/points/payload/delete POST",
  "/collections/{collection_name}/points/payload/clear POST",
  "/collections/{collection_name}/points/batch POST",
  "/collections/{collection_name}/points/scroll POST",
  "/collections/{collection_name}/points/count POST",
  "/collections/{collection_name}/facet POST",
  "/collections/{collection_name}/points/query POST",
  "/collections/{collection_name}/points/query/batch POST",
  "/collections/{collection_name}/points/query/groups POST",
  "/collections/{collection_name}/points/search/matrix/pairs POST",
  "/collections/{collection_name}/points/search/matrix/offsets POST",
];

interface Row {
  readonly path: string;
  readonly answered: readonly string[];
  readonly refused: readonly string[];
}

function documentedRows(): Row[] {
  const page = readFileSync(new URL("../../../docs/reference/qdrant-coverage.md", import.meta.url), "utf8");
  const methods = (cell: string): string[] => cell.match(/[A-Z]+/gu) ?? [];
  return page.split("\n").flatMap((line) => {
    const [, path, answered, refused] = /^\| `(\/[^`]*)` *\|([^|]*)\|([^|]*)\|/u.exec(line) ?? [];
    return path === undefined ? [] : [{ path, answered: methods(answered!), refused: methods(refused!) }];
  });
}

test("every path of the specification stands in the table", () => {
  const rows = new Map(
    documentedRows().map(({ path, answered, refused }) => [path, [...answered, ...refused].toSorted()]),
  );
  assert.equal(specified.length, 53);
  for (const line of specified) {
    const [path, ...methods] = line.split(" ");
    assert.deepEqual(rows.get(path!), methods.toSorted(), path);
  }
});

test("routes are answered and refused as the table says", async () => {
  const db = await open(":memory:");
  await db.createCollection("c", { dimension: 2 });
  const server = await serve(db, { port: 0 });
  try {
    const told = async (method: string, path: string): Promise<string> => {
      const url = server.url + path.replace("{collection_name}", "c").replaceAll(/\{\w+\}/gu, "1");
      const body = method === "GET" || method === "DELETE" ? {} : { body: "{}" };
      return (await fetch(url, { method, ...body })).text();
    };
    const rows = documentedRows();
    // What drops the collection comes last.
    const answered = rows.flatMap((row) => row.answered.map((method) => ({ method, path: row.path })));
    const isDrop = (method: string): number => (method === "DELETE" ? 1 : 0);
    for (const { path, refused } of rows) {
      for (const method of refused)
        assert.match(await told(method, path), /"Bad request: /u, `${method} ${path}`);
    }
    for (const { method, path } of answered.toSorted((a, b) => isDrop(a.method) - isDrop(b.method))) {
      const text = await told(method, path);
      assert.doesNotMatch(text, /Bad request: |There is nothing at|is not possible at/u, `${method} ${path}`);
    }
  } finally {
    await server.close();
    await db.close();
  }
});
