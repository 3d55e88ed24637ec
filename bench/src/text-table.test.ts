// Tables for terminals stand in columns, groups included.

import assert from "node:assert/strict";
import { test } from "node:test";
import { textTable } from "./text-table.js";

test("columns are as wide as what is widest in them, groups above their columns", () => {
  const lines = textTable({
    corner: "rows",
    columns: [
      { group: "a", head: "x" },
      { group: "a", head: "yy" },
      { group: "a long group", head: "z" },
    ],
    rows: [
      { name: "5", cells: ["1", "2", "3"] },
      { name: "50000", cells: ["100", "2", ""] },
    ],
  });
  assert.deepEqual(lines, [
    "             a  a long group",
    "rows     x  yy             z",
    "─────  ───  ──  ────────────",
    "5        1   2             3",
    "50000  100   2",
  ]);
});

test("without groups there is no line for them", () => {
  const lines = textTable({
    corner: "",
    columns: [{ group: "", head: "b" }],
    rows: [{ name: "a", cells: ["c"] }],
  });
  assert.deepEqual(lines, ["   b", "─  ─", "a  c"]);
});
