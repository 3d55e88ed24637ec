// Sends every bad request of the table to one server: each gets its answer, nothing changes, and a good client is served meanwhile.

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { open } from "omendb";
import { serve } from "omendb/server";
import { badRequests, type BadRequest } from "./bad-requests.js";

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Not fetch, which mends paths and sets the host itself. */
function send(url: string, { method, path, body, headers = {} }: BadRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const length = bytes === undefined ? {} : { "content-length": String(bytes.byteLength) };
    const sent = httpRequest(
      {
        hostname,
        port,
        method,
        path,
        headers: { "content-type": "application/json", ...length, ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode!, text }));
      },
    );
    sent.on("error", reject);
    sent.end(bytes);
  });
}

test(`${badRequests.length} bad requests get their answers`, async () => {
  const db = await open(":memory:");
  const server = await serve(db, { port: 0, bodyBytesMax: 2 * 1024 * 1024 });
  try {
    const collection = await db.createCollection("c", { dimension: 4, metric: "cosine" });
    await collection.upsert([1, 2, 3].map((id) => ({ id, vector: [id, 1, 0, 0], metadata: { a: [id] } })));
    const before = await collection.list({ include: ["metadata", "vector"] });
    const wrong: string[] = [];
    for (const bad of badRequests) {
      const { status, text } = await send(server.url, bad).catch((error: unknown) => ({
        status: 0,
        text: String(error),
      }));
      if (status !== bad.status)
        wrong.push(`${bad.title}: ${status} instead of ${bad.status}: ${text.slice(0, 200)}`);
      else if (text !== "" && !isTold(text)) wrong.push(`${bad.title}: says nothing: ${text.slice(0, 200)}`);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(await collection.list({ include: ["metadata", "vector"] }), before);
    assert.equal((await fetch(`${server.url}/collections`)).status, 200);
  } finally {
    await server.close();
    await db.close();
  }
});

/** Whether the body says what is wrong, in the form of its dialect. */
function isTold(text: string): boolean {
  const body = JSON.parse(text) as
    { readonly status?: { readonly error?: string }; readonly error?: string } | object[];
  if (Array.isArray(body)) return body.length === 1 && "error" in body[0]!;
  return typeof (body.status?.error ?? body.error) === "string";
}

test("the table has a thousand", () => assert.ok(badRequests.length >= 1000, String(badRequests.length)));
