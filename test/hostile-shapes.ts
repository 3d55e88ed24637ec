// Filters that are too deep, too large, or no plain data at all.

import { type HostileFilter, allBut, answered, nested, refused } from "./hostile-case.js";

function cyclic(): object {
  const filter: { $and: unknown[] } = { $and: [] };
  filter.$and.push(filter);
  return filter;
}

function throwing(): never {
  throw new Error("read");
}

class Condition {
  readonly text = "a";
}

const deep: readonly HostileFilter[] = [
  answered(allBut(), "63 levels of $and", () => nested(63, (inner) => ({ $and: [inner] }), {})),
  answered([3], "62 levels of $not", () => nested(62, (inner) => ({ $not: inner }), { "\\$gt": 4 })),
  refused("filter_depth", "64 levels around a filter", () => nested(64, (inner) => ({ $and: [inner] }), {})),
  refused("filter_depth", "100,000 levels of $and", () =>
    nested(100_000, (inner) => ({ $and: [inner] }), {}),
  ),
  refused("filter_depth", "100,000 levels of $not", () => nested(100_000, (inner) => ({ $not: inner }), {})),
  refused("filter_depth", "100,000 levels of $not in a field", () => ({
    a: nested(100_000, (inner) => ({ $not: inner }), { $eq: 1 }),
  })),
  refused("filter_depth", "10,000 levels of $elemMatch", () => ({
    a: nested(10_000, (inner) => ({ $elemMatch: inner }), { $eq: 1 }),
  })),
  refused("filter_depth", "a filter that contains itself", cyclic),
];

const large: readonly HostileFilter[] = [
  answered([5], "100,000 values in $in", () => ({
    list: { $in: Array.from({ length: 100_000 }, (_, i) => i - 0.5 * (i & 1)) },
  })),
  answered(allBut(), "100,000 texts in $nin", () => ({
    list: { $nin: Array.from({ length: 100_000 }, (_, i) => `${i}`) },
  })),
  refused("filter_too_large", "100,001 values in $in", () => ({ list: { $in: new Array(100_001).fill(1) } })),
  refused("filter_too_large", "lists that have too much together", () => ({
    a: { $in: new Array(60_000).fill(1) },
    b: { $nin: new Array(60_000).fill(1) },
  })),
  refused("filter_too_large", "an array that claims four billion values", () => ({
    list: { $in: new Array(2 ** 32 - 1) },
  })),
  refused("filter_value", "holes in $in", () => ({ list: { $in: new Array(10) } })),
  refused("filter_too_large", "4,097 filters in $or", () => ({
    $or: Array.from({ length: 4097 }, () => ({})),
  })),
  refused("filter_too_large", "5,000 fields", () =>
    Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, 1])),
  ),
  refused("filter_too_large", "5,000 values in $all", () => ({
    list: { $all: Array.from({ length: 5000 }, (_, i) => i) },
  })),
  answered([5], "1,000 values in $all", () => ({
    list: { $all: Array.from({ length: 1000 }, (_, i) => 9000 + i) },
  })),
  answered(allBut(), "2,000 empty filters in $and", () => ({
    $and: Array.from({ length: 2000 }, () => ({})),
  })),
  answered([5], "2,000 conditions on one field", () => ({
    $or: Array.from({ length: 2000 }, (_, i) => ({
      list: -1 - i * (i < 1999 ? 1 : 0) + (i === 1999 ? 5000 : 0),
    })),
  })),
  answered([], "a text of a megabyte", () => ({ text: "a".repeat(1_000_000) })),
  answered([], "a path of a megabyte", () => ({ ["a".repeat(1_000_000)]: 1 })),
  answered([], "a word of a megabyte", () => ({ words: { $contains: "a".repeat(1_000_000) } })),
  answered([1], "a word 4,000 times", () => ({ words: { $contains: "word ".repeat(4000) } })),
  answered([], "a prefix of a megabyte", () => ({ text: { $startsWith: "a".repeat(1_000_000) } })),
  refused("filter_value", "no word at all", () => ({ text: { $contains: "!".repeat(100_000) } })),
  refused("metadata_path", "a path of 65 keys", () => ({ [new Array(65).fill("d").join(".")]: 1 })),
  refused("metadata_path", "a path of a million dots", () => ({ [".".repeat(1_000_000)]: 1 })),
  answered([4], "a path of 64 keys", () => ({ [`${"d.".repeat(63)}end`]: 1 })),
];

const strange: readonly HostileFilter[] = [
  ...[null, 1, "text", true, [], [{}], () => ({}), Symbol("s"), 1n].map((filter, i) =>
    refused("filter_type", `what is no filter, number ${i}`, () => filter),
  ),
  refused("filter_type", "a Map", () => new Map([["text", "a"]])),
  refused("filter_type", "an instance of a class", () => new Condition()),
  refused("filter_type", "an object with another prototype", () => Object.create({ text: "a" }) as object),
  refused("filter_type", "a key that is a symbol", () => ({ [Symbol("s")]: 1 })),
  refused("filter_type", "a Promise", () => Promise.resolve({})),
  refused("filter_unreadable", "a getter that throws", () =>
    Object.defineProperty({}, "a", { enumerable: true, get: throwing }),
  ),
  refused("filter_unreadable", "a getter that throws within $in", () => ({
    a: { $in: Object.defineProperty([1], "0", { get: throwing }) },
  })),
  refused("filter_unreadable", "a getter that throws in a place", () => ({
    at: {
      $geoRadius: {
        center: Object.defineProperty({ lon: 0 }, "lat", { enumerable: true, get: throwing }),
        radiusMeters: 1,
      },
    },
  })),
  refused("filter_unreadable", "a proxy that throws", () => new Proxy({}, { getPrototypeOf: throwing })),
  refused("filter_unreadable", "a proxy that throws when asked for its keys", () => ({
    a: new Proxy({}, { ownKeys: throwing }),
  })),
  refused("filter_unreadable", "a proxy that was revoked", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }),
  answered([5], "an array whose iterator throws", () => ({
    list: { $in: Object.assign([7], { [Symbol.iterator]: throwing }) },
  })),
  answered([3], "a getter that gives something else each time it is read", () => {
    let reads = 0;
    return Object.defineProperty({}, "\\$gt", {
      enumerable: true,
      get: () => (reads++ === 0 ? 4 : { $bad: 1 }),
    });
  }),
  answered([3], "an object without a prototype", () =>
    Object.assign(Object.create(null) as object, { "\\$gt": 4 }),
  ),
  refused("filter_value", "an object with a toJSON", () => ({ text: { toJSON: () => "a" } })),
  refused("filter_value", "an object with a valueOf", () => ({ text: { valueOf: () => "a" } })),
  refused("filter_value", "a String object", () => ({ text: Object("a") as unknown })),
  refused("filter_value", "an invalid Date", () => ({ time: new Date(Number.NaN) })),
  refused("filter_value", "a $date that is a Date of the 30th of February", () => ({
    time: { $date: "2024-02-30" },
  })),
  refused("filter_value", "a $date beside another operator", () => ({
    time: { $date: "2024-05-01", $gt: 1 },
  })),
  refused("filter_value", "a $date as number", () => ({ time: { $gt: { $date: 0 } } })),
  refused("filter_value", "a $date of a megabyte", () => ({ time: { $date: "2".repeat(1_000_000) } })),
  answered([6], "a Date of the year 275760", () => ({ time: { $lt: new Date(8.64e15) } })),
];

export const hostileShapes: readonly HostileFilter[] = [...deep, ...large, ...strange];
