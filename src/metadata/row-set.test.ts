// Row sets and their algebra against the sets of JavaScript.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { intersect, subtract, unite } from "./row-algebra.js";
import { RowSet } from "./row-set.js";

/** Some sets are sparse, some dense, some in between. */
const rows = fc
  .constantFrom(10, 100, 3000, 1_000_000)
  .chain((max) => fc.array(fc.nat(max), { maxLength: 300, size: "max" }));

function rowSet(list: readonly number[]): RowSet {
  const set = new RowSet();
  for (const row of list) set.add(row);
  return set;
}

function ascending(list: Iterable<number>): number[] {
  return [...new Set(list)].toSorted((a, b) => a - b);
}

test("a set holds what was added and not removed, in both forms", () => {
  fc.assert(
    fc.property(rows, fc.array(fc.nat(3000), { maxLength: 200 }), (added, removed) => {
      const set = rowSet(added);
      const expected = new Set(added);
      for (const row of removed.concat(added.slice(0, added.length >> 1))) {
        set.remove(row);
        expected.delete(row);
        assert.equal(set.has(row), false);
      }
      assert.equal(set.count, expected.size);
      assert.deepEqual([...set.sorted()], ascending(expected));
      for (const row of added) assert.equal(set.has(row), expected.has(row));
      for (const row of added) set.add(row);
      assert.deepEqual([...set.sorted()], ascending(added));
    }),
  );
});

test("a set is made of rows in any order", () => {
  fc.assert(
    fc.property(rows, (list) => {
      const set = RowSet.fromRows(list.concat(list.slice(0, 5)));
      assert.deepEqual([...set.sorted()], ascending(list));
      assert.equal(set.count, new Set(list).size);
    }),
  );
});

test("a dense set has bits, a sparse one has none, and one that gets sparse gives them back", () => {
  const set = rowSet(Array.from({ length: 1000 }, (_, row) => row));
  assert.ok(set.bits !== undefined);
  assert.ok(set.byteCount < 1000);
  for (let row = 0; row < 995; row++) set.remove(row);
  assert.equal(set.bits, undefined);
  assert.deepEqual([...set.sorted()], [995, 996, 997, 998, 999]);
});

test("unions, intersections and differences", () => {
  fc.assert(
    fc.property(fc.array(rows, { minLength: 1, maxLength: 4 }), (lists) => {
      const sets = lists.map(rowSet);
      const [first, ...others] = lists.map((list) => new Set(list));
      assert.deepEqual([...unite(sets).sorted()], ascending(lists.flat()));
      const inAll = [...first!].filter((row) => others.every((other) => other.has(row)));
      assert.deepEqual([...intersect(sets).sorted()], ascending(inAll));
      const inOthers = unite(sets.slice(1));
      const left = [...first!].filter((row) => !others.some((other) => other.has(row)));
      const difference = subtract(sets[0]!, inOthers);
      assert.deepEqual([...difference.sorted()], ascending(left));
      assert.equal(difference.count, left.length);
      lists.forEach((list, i) =>
        assert.deepEqual([...sets[i]!.sorted()], ascending(list), "operands stay as they are"),
      );
    }),
  );
});

test("rows at the end of their range", () => {
  const set = rowSet([0xffff_fffd, 0, 0x8000_0000]);
  assert.deepEqual([...set.sorted()], [0, 0x8000_0000, 0xffff_fffd]);
  assert.equal(set.has(0x8000_0000), true);
  assert.equal(unite([set, rowSet([7])]).count, 4);
});
