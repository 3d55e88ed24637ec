// Filters with bounds that are no numbers, places that are nowhere, operators that do not exist, and keys that mean
// something to JavaScript or look like a path.

import { type HostileFilter, allBut, answered, refused } from "./hostile-case.js";

const prototypeKeys = [
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "__defineGetter__",
  "__lookupGetter__",
];

const keys: readonly HostileFilter[] = [
  ...prototypeKeys.map((key) =>
    answered(key === "toString" || key === "hasOwnProperty" ? [2] : [], `whether there is ${key}`, () => ({
      [key]: { $exists: true },
    })),
  ),
  answered([2], "__proto__ as a key", () => JSON.parse('{"__proto__":{"$exists":true}}') as unknown),
  answered([2], "a path through __proto__", () => JSON.parse('{"__proto__.x":1}') as unknown),
  answered(
    [],
    "a path through the prototype of __proto__",
    () => JSON.parse('{"__proto__.__proto__":{"$exists":true}}') as unknown,
  ),
  answered([2], "a path through constructor", () => ({ "constructor.name": "c" })),
  answered([], "the name of a constructor that is not there", () => ({ "constructor.name": "Object" })),
  answered([], "the prototype of a constructor", () => ({ "constructor.prototype": { $exists: true } })),
  answered([], "the length of an array", () => ({ "list.length": 10_000 })),
  answered([], "the length of a text", () => ({ "text.length": 31 })),
  answered([], "an element by its number", () => ({ "list.0": 0 })),
  answered([3], "an escaped dot", () => ({ "a\\.b": 1 })),
  answered([3], "a dot between keys", () => ({ "a.b": 6 })),
  answered([3], "a dot between keys, in an array", () => ({ "a.b.c": 7 })),
  answered([3], "brackets in a key", () => ({ "a[0]": 2 })),
  answered([], "brackets for an element", () => ({ "list[0]": 0 })),
  answered([3], "brackets as keys", () => ({ "[.]": 8 })),
  answered([3], "the empty key", () => ({ "": 3 })),
  answered([], "empty keys", () => ({ "..": 3 })),
  answered([3], "an escaped dollar sign", () => ({ "\\$gt": 4 })),
  answered([3], "an escaped backslash", () => ({ "\\\\": 5 })),
  answered([3], "a zero character in a key", () => ({ "x\0y": 9 })),
  answered([3], "a key in composed form", () => ({ é: 10 })),
  answered([], "the same key in decomposed form", () => ({ "e\u0301": 10 })),
  refused("metadata_path", "a backslash before nothing", () => ({ "a\\": 1 })),
  refused("metadata_path", "a backslash before a letter", () => ({ "a\\b": 1 })),
  refused("metadata_path", "100,001 backslashes", () => ({ ["\\".repeat(100_001)]: 1 })),
  answered([7], "half a surrogate pair as key", () => ({ "\udc00": 1 })),
  answered([7], "half a surrogate pair as value", () => ({ text: "\ud800" })),
  answered([], "half of the pair that a text has", () => ({ pair: "\ud83d" })),
  answered([7], "half of the pair that a text begins with", () => ({ pair: { $startsWith: "\ud83d" } })),
  answered([7], "half a surrogate pair as bound", () => ({ text: { $gte: "\ud800" } })),
];

const operators: readonly HostileFilter[] = [
  ...["$where", "$expr", "$function", "$gtt", "$", "$$", "$EQ", "$eq ", "$or.a", "$date", "$comment"].map(
    (operator) => refused("filter_operator", `${operator} at the top`, () => ({ [operator]: "1" })),
  ),
  ...["$where", "$type", "$mod", "$near", "$__proto__", "$", "$id", "$and", "$or", "$nor"].map((operator) =>
    refused("filter_operator", `${operator} in a field`, () => ({ text: { [operator]: [] } })),
  ),
  refused("filter_operator", "$exists of an id", () => ({ $id: { $exists: true } })),
  refused("filter_operator", "$id of an element", () => ({ objects: { $elemMatch: { $id: 1 } } })),
  refused("filter_operator", "a key beside an operator", () => ({ text: { $eq: "a", b: 1 } })),
  refused("filter_value", "an object without an operator", () => ({ a: { b: 6 } })),
  refused("filter_value", "an empty object", () => ({ a: {} })),
  refused("filter_value", "no filter in $and", () => ({ $and: [] })),
  refused("filter_value", "no filter in $or", () => ({ $or: [] })),
  refused("filter_value", "an object in $and", () => ({ $and: { text: "a" } })),
  refused("filter_type", "a text in $or", () => ({ $or: ["text"] })),
  refused("filter_type", "a value in $not of a field", () => ({ text: { $not: "a" } })),
  refused("filter_value", "undefined in a field", () => ({ text: undefined })),
  refused("filter_value", "undefined in $and", () => ({ $and: undefined })),
];

const bounds: readonly HostileFilter[] = [
  ...["$gt", "$gte", "$lt", "$lte"].flatMap((operator) => [
    refused("filter_value", `${operator} NaN`, () => ({ list: { [operator]: Number.NaN } })),
    refused("filter_value", `${operator} null`, () => ({ list: { [operator]: null } })),
    refused("filter_value", `${operator} an array`, () => ({ list: { [operator]: [1] } })),
  ]),
  refused("filter_value", "equal to NaN", () => ({ list: Number.NaN })),
  refused("filter_value", "equal to infinity", () => ({ list: Number.POSITIVE_INFINITY })),
  refused("filter_value", "equal to a bigint", () => ({ list: 1n })),
  refused("filter_value", "NaN in $in", () => ({ list: { $in: [1, Number.NaN] } })),
  refused("filter_value", "an array in $in", () => ({ list: { $in: [[1]] } })),
  refused("filter_value", "$in of a text", () => ({ list: { $in: "abc" } })),
  answered([5], "below infinity", () => ({ list: { $lt: Number.POSITIVE_INFINITY } })),
  answered([5], "equal to -0", () => ({ list: -0 })),
  answered([], "above the greatest number", () => ({ list: { $gt: Number.MAX_VALUE } })),
  ...[-1, 1.5, Number.NaN, "1", 2 ** 53].map((size) =>
    refused("filter_value", `$size ${size}`, () => ({ list: { $size: size } })),
  ),
  refused("filter_value", "$exists 1", () => ({ list: { $exists: 1 } })),
  refused("filter_value", "$startsWith a number", () => ({ text: { $startsWith: 1 } })),
  refused("id_range", "an id that is NaN", () => ({ $id: Number.NaN })),
  refused("id_type", "an id that is an array", () => ({ $id: [1] })),
  refused("id_malformed", "an id of half a surrogate pair", () => ({ $id: { $in: ["\ud800"] } })),
  answered([1], "the same id 100,000 times", () => ({ $id: { $in: new Array(100_000).fill(1n) } })),
];

const origin = { lat: 0, lon: 0 };
const circle = (corners: number): object[] =>
  Array.from({ length: corners }, (_, i) => {
    const angle = (i / corners) * 2 * Math.PI;
    return { lat: 80 * Math.sin(angle), lon: 170 * Math.cos(angle) };
  });

const places: readonly HostileFilter[] = [
  ...[Number.NaN, -1, Number.POSITIVE_INFINITY, "1", undefined].map((radiusMeters) =>
    refused("filter_value", `a radius of ${String(radiusMeters)}`, () => ({
      at: { $geoRadius: { center: origin, radiusMeters } },
    })),
  ),
  ...[
    { lat: Number.NaN, lon: 0 },
    { lat: 90.1, lon: 0 },
    { lat: 0, lon: -180.1 },
    { lat: "0", lon: 0 },
    { lat: 0 },
  ].map((center, i) =>
    refused("filter_value", `a center that is nowhere, number ${i}`, () => ({
      at: { $geoRadius: { center, radiusMeters: 1 } },
    })),
  ),
  refused("wrong_type", "a center as a pair", () => ({
    at: { $geoRadius: { center: [0, 0], radiusMeters: 1 } },
  })),
  refused("unknown_field", "a radius in kilometers", () => ({
    at: { $geoRadius: { center: origin, radiusKm: 1 } },
  })),
  answered([6], "a radius of nothing", () => ({ at: { $geoRadius: { center: origin, radiusMeters: 0 } } })),
  answered([6], "the pole from another longitude", () => ({
    at: { $elemMatch: { $geoRadius: { center: { lat: 90, lon: -90 }, radiusMeters: 1 } } },
  })),
  answered([6], "a radius around the earth", () => ({
    at: { $geoRadius: { center: origin, radiusMeters: 1e300 } },
  })),
  refused("filter_value", "a box with its top below", () => ({
    at: { $geoBox: { topLeft: { lat: -1, lon: 0 }, bottomRight: { lat: 1, lon: 1 } } },
  })),
  answered([], "a box over the meridian of 180°", () => ({
    at: { $geoBox: { topLeft: { lat: 1, lon: 179 }, bottomRight: { lat: -1, lon: -179 } } },
  })),
  refused("filter_value", "a polygon of two corners", () => ({
    at: { $geoPolygon: { exterior: [origin, origin] } },
  })),
  answered([6], "a polygon of one place", () => ({
    at: { $geoPolygon: { exterior: [origin, origin, origin] } },
  })),
  answered([6], "a polygon of 10,000 corners", () => ({ at: { $geoPolygon: { exterior: circle(10_000) } } })),
  answered([], "the same as its own hole", () => ({
    at: { $geoPolygon: { exterior: circle(5000), interiors: [circle(5000)] } },
  })),
  refused("filter_too_large", "a polygon of 10,001 corners", () => ({
    at: { $geoPolygon: { exterior: circle(10_001) } },
  })),
  refused("filter_too_large", "a polygon of 20,000 holes", () => ({
    at: { $geoPolygon: { exterior: circle(3), interiors: Array.from({ length: 20_000 }, () => []) } },
  })),
  refused("filter_value", "a hole without corners", () => ({
    at: { $geoPolygon: { exterior: circle(3), interiors: [[]] } },
  })),
  refused("filter_value", "a polygon with a corner at NaN", () => ({
    at: { $geoPolygon: { exterior: [...circle(3), { lat: Number.NaN, lon: 0 }] } },
  })),
  answered(allBut(6), "what is not around the earth", () => ({
    at: { $not: { $geoRadius: { center: origin, radiusMeters: 3e7 } } },
  })),
];

export const hostileValues: readonly HostileFilter[] = [...keys, ...operators, ...bounds, ...places];
