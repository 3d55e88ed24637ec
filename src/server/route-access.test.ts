// Every route of every dialect, enumerated from the code, against keys and tokens of every kind. No database stands behind: whoever is refused is refused
// before anything is asked of it, and whoever is let in meets its absence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SignJWT } from "jose";
import type { Database } from "../model/database.js";
import { fetchResponse } from "./fetch-exchange.js";
import { RequestMetrics } from "./observation/request-metrics.js";
import { quietLog } from "./observation/server-log.js";
import { resolveHandlerOptions } from "./serve-options.js";
import { dialectsOf, ServedDatabase } from "./served-database.js";

const gauges = { running: 0, waiting: 0, bodyBytes: 0, responseBytes: 0, connections: 0 };
const metrics = new RequestMetrics(() => gauges);
const page = { version: "0", embed: undefined };
const routes = dialectsOf(metrics, page).flatMap((dialect) => dialect.routes);
const publicPaths: ReadonlySet<string> = new Set(["/", "/healthz", "/livez", "/readyz"]);
const noDatabase = Object.create(null) as Database;

const log = { ...quietLog, error: () => undefined };
const apiKeys = [
  { key: "full" },
  { key: "reading", access: "read" },
  { key: "some", access: "write", collections: ["a"] },
] as const;
const served = new ServedDatabase(noDatabase, resolveHandlerOptions({ apiKeys, jwt: true, log }), {
  version: "0",
  from: "anywhere",
});

async function statusOf(method: string, path: string, key?: string, collection = "a"): Promise<number> {
  const filled = path.replace("{collection_name}", collection).replaceAll(/\{[^}]+\}/gu, "1");
  const headers = key === undefined ? {} : { "api-key": key };
  const request = new Request(`http://localhost${filled}`, { method, headers });
  return (await fetchResponse(served.handler, request)).status;
}

function isRefused(status: number): boolean {
  return status === 401 || status === 403;
}

async function tokenOf(claims: Record<string, unknown>, secret = "full"): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
}

test("every route asks for a key unless it is on the list of public ones", async () => {
  assert.ok(routes.length > 30);
  for (const { method, path } of routes) {
    const [without, wrong] = [await statusOf(method, path), await statusOf(method, path, "wrong")];
    const wanted = publicPaths.has(path) ? [200, 200] : [401, 401];
    assert.deepEqual([without, wrong], wanted, `${method} ${path}`);
  }
});

test("the full key opens every route", async () => {
  for (const { method, path } of routes)
    assert.ok(!isRefused(await statusOf(method, path, "full")), `${method} ${path}`);
});

for (const [title, key] of [
  ["a key that reads", () => Promise.resolve("reading")],
  ["a token that reads", () => tokenOf({ access: "r" })],
] as const) {
  test(`${title} opens what reads and nothing else`, async () => {
    const given = await key();
    for (const { method, path, access } of routes) {
      const status = await statusOf(method, path, given);
      assert.equal(status === 403, access === "write" || access === "manage", `${method} ${path}: ${status}`);
    }
  });
}

for (const [title, key] of [
  ["a key", () => Promise.resolve("some")],
  ["a token", () => tokenOf({ access: [{ collection: "a", access: "rw" }] })],
] as const) {
  test(`${title} of one collection opens that one, and manages nothing`, async () => {
    const given = await key();
    for (const { method, path, access } of routes) {
      if (access === "public") continue;
      const isIn = path.includes("{collection_name}") && access !== "manage";
      assert.equal((await statusOf(method, path, given, "a")) === 403, !isIn, `${method} ${path}`);
      assert.equal(await statusOf(method, path, given, "b"), 403, `${method} ${path} of another`);
    }
  });
}

test("whatever is no good token is refused", async () => {
  const now = Math.floor(Date.now() / 1000);
  const none = "eyJhbGciOiJub25lIn0.eyJhY2Nlc3MiOiJtIn0.";
  const bad: readonly (readonly [string, number])[] = [
    [await tokenOf({ access: "m", exp: now - 31 }), 403],
    [await tokenOf({ access: "m" }, "other"), 403],
    [await tokenOf({ access: "m" }, "reading"), 403],
    [await tokenOf({ access: "x" }), 401],
    [await tokenOf({ access: [{ collection: "a", access: "r", payload: { tenant: 1 } }] }), 401],
    [none, 401],
    ["a.b.c", 401],
  ];
  for (const [token, status] of bad)
    assert.equal(await statusOf("GET", "/collections", token), status, token);
  const late = await tokenOf({ access: "m", exp: now - 5 });
  assert.ok(!isRefused(await statusOf("GET", "/collections", late)), "clocks differ a little");
});

test("keys are exchanged while it runs", async () => {
  const own = new ServedDatabase(noDatabase, resolveHandlerOptions({ apiKeys: [{ key: "old" }], log }), {
    version: "0",
    from: "anywhere",
  });
  const ask = async (key: string): Promise<number> =>
    (await fetchResponse(own.handler, new Request("http://h/collections", { headers: { "api-key": key } })))
      .status;
  own.replaceKeys([{ key: "new" }]);
  assert.equal(await ask("old"), 401);
  assert.notEqual(await ask("new"), 401);
  assert.throws(() => own.replaceKeys([{ sha256: "short" }]));
  assert.notEqual(await ask("new"), 401);
  own.replaceKeys([]);
  assert.equal(await ask("new"), 401, "no keys open nothing");
});

test("a preflight gets no leave from a page of another origin", async () => {
  const request = new Request("http://localhost/collections", {
    method: "OPTIONS",
    headers: { origin: "http://evil.example", "access-control-request-method": "PUT", "api-key": "full" },
  });
  const response = await fetchResponse(served.handler, request);
  assert.equal(response.status, 405);
  for (const [name] of response.headers) assert.ok(!name.startsWith("access-control-"), name);
});
