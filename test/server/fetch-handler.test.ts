// A served database as a function of the fetch standard: the same answers without a socket.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "omendb";
import { fetchHandler } from "omendb/server";

test("requests are answered without a server that listens", async () => {
  await using db = await open(":memory:");
  const answer = fetchHandler({ db, apiKeys: [{ key: "secret" }] });
  const ask = async (
    method: string,
    path: string,
    body?: string,
    key = "secret",
  ): Promise<[number, unknown]> => {
    const headers = { "api-key": key };
    const request = new Request(`http://localhost${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const response = await answer(request);
    return [response.status, await response.json()];
  };
  const points = "/collections/colors/points";
  assert.equal((await ask("GET", "/collections", undefined, "wrong"))[0], 401);
  assert.equal((await ask("PUT", "/collections/colors", `{"vectors":{"size":2,"distance":"Dot"}}`))[0], 200);
  assert.equal((await ask("PUT", `${points}?wait=true`, `{"points":[{"id":1,"vector":[1,2]}]}`))[0], 200);
  const [status, found] = await ask("POST", `${points}/query`, `{"query":[1,1]}`);
  assert.equal(status, 200);
  assert.deepEqual((found as { result: unknown }).result, { points: [{ id: 1, version: 0, score: 3 }] });
  assert.equal((await ask("POST", `${points}/query`, "{"))[0], 400);
});
