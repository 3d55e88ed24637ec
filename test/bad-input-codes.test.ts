// The documented table of error codes holds exactly the codes that the sources use.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readRepository } from "./architecture-files.js";

/** Calls that make an error: with a kind and a code, or with the code of one that is invalid. */
const errorCall = /new OmenError\(\s*"([a-z_]+)",\s*"([a-z_]+)"/g;
const invalidCall = /\binvalidInput\(\s*"([a-z_]+)"/g;

function codesInSource(text: string): string[] {
  const errors = [...text.matchAll(errorCall)].map(([, kind = "", code = ""]) => `${kind} ${code}`);
  return [...errors, ...[...text.matchAll(invalidCall)].map(([, code = ""]) => `invalid ${code}`)];
}

test("docs/reference/errors.md lists every code with its kind, and no other", () => {
  const files = readRepository();
  const page = files.find((file) => file.path === "docs/reference/errors.md");
  assert.ok(page !== undefined);
  const rows = page.text.matchAll(/^\| ([a-z_]+) +\| `([a-z_]+)` +\|/gm);
  const listed = new Set(Array.from(rows, ([, kind = "", code = ""]) => `${kind} ${code}`));
  const sources = files.filter((file) => /^src\/.*(?<!\.test|\.suite)\.ts$/.test(file.path));
  for (const { path, text } of sources) {
    for (const used of codesInSource(text)) {
      assert.ok(listed.has(used), `${path} uses ${used}, which is not in the table`);
    }
  }
  const all = sources.map((file) => file.text).join("\n");
  for (const row of listed) {
    const [, code = ""] = row.split(" ");
    assert.ok(
      all.includes(`"${code}"`) || all.includes(`${code}:`),
      `the table has ${row}, which no source uses`,
    );
  }
});
