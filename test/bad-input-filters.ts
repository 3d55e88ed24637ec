// Bad filters, with the errors they give: `field` is the place within the filter. Those made to hurt are in
// hostile-filters.test.ts.

/** A bad filter and where it is bad. */
export interface BadFilter {
  readonly title: string;
  readonly filter: unknown;
  readonly code: string;
  readonly field: string;
}

function bad(code: string, field: string, title: string, filter: unknown): BadFilter {
  return { title, filter, code, field };
}

export const badFilters: readonly BadFilter[] = [
  bad("filter_type", "", "a filter that is no object", "a = 1"),
  bad("filter_type", "", "a filter that is an array", []),
  bad("filter_type", "", "a filter that is null", null),
  bad("filter_type", ".$or[1]", "a text in $or", { $or: [{}, "a"] }),
  bad("filter_type", ".a.$elemMatch", "a value in $elemMatch", { a: { $elemMatch: 1 } }),
  bad("filter_type", ".a.$not", "a value in $not", { a: { $not: 1 } }),
  bad("filter_value", ".a", "an object in its filter", { a: { b: 1 } }),
  bad("filter_value", ".a", "an empty object in its filter", { a: {} }),
  bad("filter_value", ".a", "an array in its filter", { a: [1] }),
  bad("filter_value", ".a", "undefined in its filter", { a: undefined }),
  bad("filter_value", ".a", "NaN in its filter", { a: Number.NaN }),
  bad("filter_value", ".a.b.$in[2]", "infinity in $in", { "a.b": { $in: [1, 2, Number.POSITIVE_INFINITY] } }),
  bad("filter_value", ".a.$in", "a value in $in", { a: { $in: 1 } }),
  bad("filter_value", ".a.$gt", "null as bound", { a: { $gt: null } }),
  bad("filter_value", ".a.$gte.$date", "no date as bound", { a: { $gte: { $date: "yesterday" } } }),
  bad("filter_value", ".a.$all", "nothing in $all", { a: { $all: [] } }),
  bad("filter_value", ".a.$all[0]", "an array in $all", { a: { $all: [[1]] } }),
  bad("filter_value", ".a.$size", "a negative $size", { a: { $size: -1 } }),
  bad("filter_value", ".a.$exists", "$exists as number", { a: { $exists: 1 } }),
  bad("filter_value", ".a.$contains", "a text without words in $contains", { a: { $contains: " - " } }),
  bad("filter_value", ".a.$regex", "a RegExp", { a: { $regex: /a/ } }),
  bad("filter_value", ".a.$options", "an unknown letter in $options", { a: { $regex: "a", $options: "g" } }),
  bad("filter_value", ".$or", "nothing in $or", { $or: [] }),
  bad("filter_value", ".$and", "no array in $and", { $and: {} }),
  bad("filter_value", ".a.$geoRadius.center.lat", "a place that is nowhere", {
    a: { $geoRadius: { center: { lat: 91, lon: 0 }, radiusMeters: 1 } },
  }),
  bad("filter_value", ".a.$geoPolygon.interiors[0]", "a hole without corners", {
    a: {
      $geoPolygon: {
        exterior: [
          { lat: 0, lon: 0 },
          { lat: 0, lon: 1 },
          { lat: 1, lon: 1 },
        ],
        interiors: [[]],
      },
    },
  }),
  bad("unknown_field", ".a.$geoBox.top", "an unknown part of a box", { a: { $geoBox: { top: 1 } } }),
  bad("filter_operator", ".$gt", "an operator of fields at the top", { $gt: 1 }),
  bad("filter_operator", ".$where", "an operator of Mongo that there is not", { $where: "1" }),
  bad("filter_operator", ".a.$gtt", "a misspelt operator", { a: { $gtt: 1 } }),
  bad("filter_operator", ".a.b", "a field beside an operator", { a: { $gt: 1, b: 1 } }),
  bad("filter_operator", ".a.$options", "$options without $regex", { a: { $options: "i" } }),
  bad("filter_operator", ".$id.$size", "the size of an id", { $id: { $size: 1 } }),
  bad("filter_operator", ".a.$elemMatch.$id", "the id of an element", { a: { $elemMatch: { $id: 1 } } }),
  bad("filter_pattern", ".a.$not.$regex", "a pattern that looks ahead", {
    a: { $not: { $regex: "a(?=b)" } },
  }),
  bad("id_range", ".$id.$in[1]", "a fraction as id", { $id: { $in: [1, 1.5] } }),
  bad("id_type", ".$id", "null as id", { $id: null }),
  bad("metadata_path", ".a\\b", "a backslash before a letter in a path", { "a\\b": 1 }),
];
