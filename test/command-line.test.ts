// The commands of `npx omendb` as a user runs them: the built program in a process of its own, on folders and on a server.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { open } from "omendb";
import { serve } from "omendb/server";
import { makeFolder } from "./conformance-place.js";
import { omendbProgram, runOmendb } from "./run-omendb.js";

const large = 18_446_744_073_709_551_615n;
const lines = [
  `{"id": 1, "vector": [1, 0], "metadata": {"color": "red"}}`,
  `{"id": "two", "vector": [0.1, 0.9], "metadata": {"color": "blue"}}`,
  `{"id": ${large}, "vector": [0, 1]}`,
];

test("a collection is made, filled, searched, shown and written out", async (t) => {
  const { folder, remove } = await makeFolder();
  t.after(remove);
  const place = dirname(folder);
  const file = join(place, "points.jsonl");
  await writeFile(file, lines.join("\n"));
  assert.equal(
    (await runOmendb("create", folder, "colors", "--dimension", "2", "--metric", "dot")).exitCode,
    0,
  );
  const imported = await runOmendb("import", folder, "colors", file, "--batch", "2", "--json");
  assert.deepEqual([imported.exitCode, imported.stderr], [0, ""]);
  assert.equal((JSON.parse(imported.stdout) as { points: number }).points, 3);
  const listed = await runOmendb("list", folder);
  assert.equal(listed.stdout, "colors  3 points  2 × dot\n");
  const found = await runOmendb(
    "search",
    folder,
    "colors",
    "--vector",
    "[1,0]",
    "--filter",
    `{"color":"red"}`,
    "--json",
  );
  assert.deepEqual(JSON.parse(found.stdout), { hits: [{ id: 1, score: 1, metadata: { color: "red" } }] });
  const byId = await runOmendb("search", folder, "colors", "--id", String(large), "--json");
  assert.ok(byId.stdout.includes(`"id":${large}`), byId.stdout);
  assert.match(
    (await runOmendb("search", folder, "colors", "--id", "two")).stdout,
    /two {2}\{"color":"blue"\}/u,
  );
  const stats = JSON.parse((await runOmendb("stats", folder, "--json")).stdout) as { collections: unknown[] };
  assert.equal(stats.collections.length, 1);
  const out = join(place, "out.jsonl");
  assert.equal((await runOmendb("export", folder, "colors", out)).stdout, "3 points.\n");
  assert.equal(
    (await runOmendb("create", folder, "again", "--config", `{"dimension":2,"metric":"dot"}`)).exitCode,
    0,
  );
  assert.equal((await runOmendb("import", folder, "again", out)).exitCode, 0);
  const second = join(place, "second.jsonl");
  assert.equal((await runOmendb("export", folder, "again", second)).exitCode, 0);
  assert.equal(await readFile(second, "utf8"), await readFile(out, "utf8"));
});

test("an import that met a bad line says where to go on", async (t) => {
  const { folder, remove } = await makeFolder();
  t.after(remove);
  const file = join(dirname(folder), "points.jsonl");
  await writeFile(file, [...lines, `{"id": 4, "vector": [1]}`, `{"id": 5, "vector": [1, 1]}`].join("\n"));
  await runOmendb("create", folder, "colors", "--dimension", "2");
  const failed = await runOmendb("import", folder, "colors", file, "--batch", "1");
  assert.equal(failed.exitCode, 2);
  assert.match(failed.stderr, /^omendb: line 4: .*go on with --from-line 4\.\n$/u);
  await writeFile(file, [...lines, `{"id": 4, "vector": [1, 2]}`, `{"id": 5, "vector": [1, 1]}`].join("\n"));
  const rest = await runOmendb("import", folder, "colors", file, "--from-line", "4", "--json");
  assert.equal((JSON.parse(rest.stdout) as { points: number }).points, 2);
  assert.equal((await runOmendb("list", folder)).stdout, "colors  5 points  2 × cosine\n");
});

test("what is wrong is told with what to do, and nothing is made", async (t) => {
  const { folder, remove } = await makeFolder();
  t.after(remove);
  const wrong: readonly (readonly [number, RegExp, readonly string[]])[] = [
    [3, /There is no folder/u, ["list", folder]],
    [3, /There is no folder/u, ["search", folder, "a", "--vector", "[1]"]],
    [2, /api-key: A folder needs none/u, ["list", folder, "--api-key", "x"]],
    [5, /does not answer/u, ["list", "http://127.0.0.1:1"]],
    [2, /--host|insecure/u, ["serve", folder, "--host", "0.0.0.0", "--port", "0"]],
    [2, /--port: A whole number/u, ["serve", folder, "--port", "x"]],
  ];
  for (const [code, message, words] of wrong) {
    const ended = await runOmendb(...words);
    assert.deepEqual([ended.exitCode, ended.stdout], [code, ""], words.join(" "));
    assert.match(ended.stderr, message);
  }
  await runOmendb("create", folder, "a", "--dimension", "2");
  const more: readonly (readonly [number, RegExp, readonly string[]])[] = [
    [2, /leave --dimension/u, ["create", folder, "b", "--dimension", "2", "--config", "{}"]],
    [2, /./u, ["create", folder, "b", "--config", "7"]],
    [2, /--config: JSON is needed/u, ["create", folder, "b", "--config", "{"]],
    [2, /Either --vector or --id/u, ["search", folder, "a"]],
    [3, /There is no point 9/u, ["search", folder, "a", "--id", "9"]],
    [3, /There is no collection/u, ["export", folder, "none", join(folder, "x")]],
    [3, /There is no file/u, ["import", folder, "a", join(folder, "none")]],
    [4, /cannot be made/u, ["export", folder, "a", folder]],
  ];
  for (const [code, message, words] of more) {
    const ended = await runOmendb(...words);
    assert.deepEqual([ended.exitCode, ended.stdout], [code, ""], words.join(" "));
    assert.match(ended.stderr, message);
  }
});

test("a folder is served until a signal, and what was written is there", async (t) => {
  const { folder, remove } = await makeFolder();
  t.after(remove);
  const child = spawn(process.execPath, [omendbProgram, "serve", folder, "--port", "0"]);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [line] = await new Promise<[string]>((resolve) =>
    createInterface({ input: child.stderr }).once("line", (text) => resolve([text])),
  );
  const url = /http:\S+[0-9]/u.exec(line)![0];
  assert.equal((await runOmendb("create", url, "a", "--dimension", "1", "--metric", "dot")).exitCode, 0);
  assert.equal((await runOmendb("list", folder)).exitCode, 4, "the server has the folder");
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.equal((await runOmendb("list", folder)).stdout, "a  0 points  1 × dot\n");
  assert.ok((await stat(folder)).isDirectory());
});

test("a server asks for its key", async () => {
  const db = await open(":memory:");
  const server = await serve(db, { port: 0, apiKeys: [{ key: "secret" }] });
  try {
    const refused = await runOmendb("list", server.url);
    assert.match(refused.stderr, /API key/u);
    assert.notEqual(refused.exitCode, 0);
    assert.equal(
      (await runOmendb("list", server.url, "--api-key", "secret")).stdout,
      "There are no collections.\n",
    );
  } finally {
    await server.close();
    await db.close();
  }
});
