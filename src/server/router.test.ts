// Finding routes, against trying one after another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Route, Router } from "./router.js";

const routes: readonly Route<string>[] = [
  { method: "GET", path: "/", access: "public", run: "root" },
  { method: "GET", path: "/c", access: "read", run: "list" },
  { method: "POST", path: "/c/aliases", access: "manage", run: "aliases" },
  { method: "GET", path: "/c/{name}", access: "read", run: "one" },
  { method: "PUT", path: "/c/{name}", access: "manage", run: "make" },
  { method: "GET", path: "/c/{name}/points/{id}", access: "read", run: "point" },
  { method: "POST", path: "/c/{name}/points/query", access: "read", run: "query" },
  { method: "POST", path: "/o/name={name}/do", access: "read", run: "named" },
];
const router = new Router(routes);

const cases: readonly (readonly [string, string, string | readonly string[], Record<string, string>?])[] = [
  ["GET", "/", "root", {}],
  ["GET", "/c", "list", {}],
  ["GET", "/c/", "list", {}],
  ["GET", "/c/films", "one", { name: "films" }],
  ["GET", "/c/a%2Fb", "one", { name: "a/b" }],
  ["GET", "/c/%zz", "one", { name: "%zz" }],
  ["POST", "/c/aliases", "aliases", {}],
  ["GET", "/c/x/points/7", "point", { name: "x", id: "7" }],
  ["GET", "/c/aliases/points/7", "point", { name: "aliases", id: "7" }],
  ["POST", "/c/x/points/query", "query", { name: "x" }],
  ["DELETE", "/c/films", ["GET", "PUT"]],
  ["POST", "/o/name=../do", "named", { name: ".." }],
  ["POST", "/o/name=/do", "named", { name: "" }],
  ["POST", "/o/other/do", []],
  ["GET", "/nowhere", []],
  ["GET", "/c/x/y", []],
];
for (const [method, path, expected, params] of cases) {
  test(`${method} ${path}`, () => {
    const found = router.find(method, path);
    if ("route" in found) assert.deepEqual([found.route.run, found.params], [expected, params]);
    else assert.deepEqual(found.methods, expected);
  });
}
