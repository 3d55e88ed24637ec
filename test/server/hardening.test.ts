// A server among slow and hostile clients, over TLS, watched, and stopped while it works.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { open } from "omendb";
import { serve, type ServeOptions } from "omendb/server";

async function withServer(
  options: ServeOptions,
  use: (url: string, stop: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const db = await open(":memory:");
  await db.createCollection("c", { dimension: 2, metric: "dot" });
  const server = await serve(db, { port: 0, ...options });
  try {
    await use(server.url, () => server.close());
  } finally {
    await server.close();
    await db.close();
  }
}

function hang(url: string, text: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text, () => resolve(socket)));
    socket.on("error", reject);
  });
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.removeAllListeners("error");
    socket.on("error", () => undefined).on("close", () => resolve());
    socket.resume();
  });
}

test("hundreds of slow clients take no turn of a good one, and are cut off", async () => {
  await withServer(
    { headersTimeoutMs: 1500, requestTimeoutMs: 2500, runningMax: 1, waitingMax: 0 },
    async (url) => {
      const head = "PUT /collections/c/points HTTP/1.1\r\nhost: localhost\r\n";
      const texts = [head, `${head}content-length: 1000\r\n\r\n{`];
      const slow = await Promise.all(Array.from({ length: 300 }, (_, i) => hang(url, texts[i % 2]!)));
      const ends = slow.map(ended);
      assert.equal((await fetch(`${url}/collections/c`)).status, 200);
      await Promise.all(ends);
      assert.equal((await fetch(`${url}/collections/c`)).status, 200);
    },
  );
});

test("metrics tell of requests, and each response has a number", async () => {
  await withServer({}, async (url) => {
    const given = await fetch(`${url}/collections/c`, { headers: { "x-request-id": "mine-1" } });
    assert.equal(given.headers.get("x-request-id"), "mine-1");
    const made = await fetch(`${url}/nowhere`, { headers: { "x-request-id": "not sane" } });
    assert.match(made.headers.get("x-request-id")!, /^[0-9a-f-]{36}$/u);
    const text = await (await fetch(`${url}/metrics`)).text();
    assert.match(
      text,
      /^omendb_http_requests_total\{method="GET",route="\/collections\/\{collection_name\}",status="200"\} 1$/mu,
    );
    assert.match(text, /^omendb_collection_points\{collection="c"\} 0$/mu);
  });
});

test("pages of other origins are refused where no key is asked for", async () => {
  await withServer({}, async (url) => {
    const status = async (origin: string): Promise<number> =>
      (await fetch(`${url}/collections`, { headers: { origin } })).status;
    assert.deepEqual(
      [await status("http://evil.example"), await status("null"), await status(url)],
      [403, 403, 200],
    );
  });
});

test("options that are none are refused", async () => {
  const db = await open(":memory:");
  await assert.rejects(serve(db, { port: 0, prot: 1 } as ServeOptions), { code: "unknown_field" });
  await assert.rejects(serve(db, { port: 0, jwt: true }), { code: "jwt_without_key" });
  await db.close();
});
