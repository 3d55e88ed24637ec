// Bad requests with the answers that they must get: a table that multiplies routes by what can be wrong with each part.

/** A request, and the status that answers it. */
export interface BadRequest {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

const points = "/collections/c/points";

interface BodyRoute {
  readonly method: string;
  readonly path: string;
}

/** Routes that take a body, on a collection `c` with one vector of four components. */
const bodyRoutes: readonly BodyRoute[] = [
  { method: "PUT", path: "/collections/new" },
  { method: "PUT", path: "/collections/c/index" },
  { method: "PUT", path: points },
  { method: "POST", path: points },
  { method: "POST", path: `${points}/delete` },
  { method: "PUT", path: `${points}/vectors` },
  { method: "POST", path: `${points}/vectors/delete` },
  { method: "POST", path: `${points}/payload` },
  { method: "PUT", path: `${points}/payload` },
  { method: "POST", path: `${points}/payload/delete` },
  { method: "POST", path: `${points}/payload/clear` },
  { method: "POST", path: `${points}/batch` },
  { method: "POST", path: `${points}/scroll` },
  { method: "POST", path: `${points}/count` },
  { method: "POST", path: "/collections/c/facet" },
  { method: "POST", path: `${points}/query` },
  { method: "POST", path: `${points}/query/batch` },
  { method: "POST", path: `${points}/query/groups` },
  { method: "POST", path: `${points}/search` },
];

/** Bodies that no route takes. */
const badBodies: Readonly<Record<string, string | Uint8Array>> = {
  "half of an object": "{",
  "two values": "{} {}",
  "a trailing comma": '{"a":1,}',
  "single quotes": "{'a':1}",
  NaN: '{"limit":NaN}',
  "a bare word": "nothing",
  "a text": '"text"',
  "a number": "7",
  "a large integer": "18446744073709551616",
  "a list": "[]",
  "a list of lists": "[[1],[2]]",
  true: "true",
  "an unknown field": '{"nowhere":1}',
  "a field of the prototype": '{"__proto__":{"limit":1}}',
  constructor: '{"constructor":{}}',
  "bytes that are not UTF-8": Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d),
  "a zero byte": "\0",
  "many open brackets": "[".repeat(20_000),
  "a deep list in a field": `{"filter":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
};

const badIds: readonly string[] = [
  "-1",
  "1.5",
  "1e300",
  "18446744073709551616",
  "-9223372036854775808",
  '""',
  '"x"',
  '"1"',
  '"550e8400-e29b-41d4-a716-44665544000"',
  '"550e8400-e29b-41d4-a716-44665544000g"',
  '"../../etc/passwd"',
  '"\\u0000"',
  '"\\ud800"',
  "null",
  "true",
  "[]",
  "[1]",
  "{}",
  '{"id":1}',
];

/** Bodies with an id in them; `null` is no id here. */
const idPlaces: readonly (BodyRoute & { readonly body: (id: string) => string })[] = [
  { method: "PUT", path: points, body: (id) => `{"points":[{"id":${id},"vector":[1,2,3,4]}]}` },
  { method: "PUT", path: points, body: (id) => `{"batch":{"ids":[${id}],"vectors":[[1,2,3,4]]}}` },
  { method: "POST", path: points, body: (id) => `{"ids":[1,${id}]}` },
  { method: "POST", path: `${points}/delete`, body: (id) => `{"points":[${id}]}` },
  { method: "POST", path: `${points}/payload`, body: (id) => `{"payload":{},"points":[${id}]}` },
  { method: "PUT", path: `${points}/vectors`, body: (id) => `{"points":[{"id":${id},"vector":[1,2,3,4]}]}` },
  { method: "POST", path: `${points}/scroll`, body: (id) => `{"filter":{"must":[{"has_id":[${id}]}]}}` },
  {
    method: "POST",
    path: `${points}/query`,
    body: (id) => `{"query":{"nearest":${id === "null" ? '"x"' : id === "[1]" ? "[[1]]" : id}}}`,
  },
];

const badVectors: readonly string[] = [
  "[]",
  "[1,2,3]",
  "[1,2,3,4,5]",
  "[1,2,3,null]",
  '[1,2,3,"4"]',
  "[1,2,3,true]",
  "[1,2,3,[4]]",
  "[1,2,3,{}]",
  "[[1,2,3,4]]",
  "[1e39,0,0,0]",
  "[1e400,0,0,0]",
  "[-1e39,0,0,0]",
  "[0,0,0,0]",
  '"AACAPwAAAEAAAEBAAACAQA"',
  "7",
  "true",
  '{"other":[1,2,3,4]}',
  '{"indices":[1],"values":[1]}',
  '{"text":"a","model":"b"}',
];

const vectorPlaces: readonly (BodyRoute & { readonly body: (vector: string) => string })[] = [
  { method: "PUT", path: points, body: (vector) => `{"points":[{"id":1,"vector":${vector}}]}` },
  {
    method: "PUT",
    path: points,
    body: (vector) => `{"points":[{"id":7,"vector":[1,2,3,4]},{"id":8,"vector":${vector}}]}`,
  },
  { method: "PUT", path: points, body: (vector) => `{"batch":{"ids":[1],"vectors":[${vector}]}}` },
  { method: "PUT", path: `${points}/vectors`, body: (vector) => `{"points":[{"id":1,"vector":${vector}}]}` },
  {
    method: "POST",
    path: `${points}/query`,
    body: (vector) => `{"query":${vector === "7" ? "-7" : vector}}`,
  },
  {
    method: "POST",
    path: `${points}/query/groups`,
    body: (vector) => `{"group_by":"a","query":${vector === "7" ? "-7" : vector}}`,
  },
];

const badFilters: readonly string[] = [
  "7",
  '"a"',
  "[]",
  "true",
  '{"nowhere":[]}',
  '{"must":7}',
  '{"must":["a"]}',
  '{"must":[[]]}',
  '{"must":[{"key":7,"match":{"value":1}}]}',
  '{"must":[{"key":"","match":{"value":1}}]}',
  '{"must":[{"key":"a"}]}',
  '{"must":[{"key":"a","match":{}}]}',
  '{"must":[{"key":"a","match":{"value":{}}}]}',
  '{"must":[{"key":"a","match":{"value":[1]}}]}',
  '{"must":[{"key":"a","match":{"any":7}}]}',
  '{"must":[{"key":"a","match":{"any":[{}]}}]}',
  '{"must":[{"key":"a","match":{"except":[null]}}]}',
  '{"must":[{"key":"a","match":{"text":7}}]}',
  '{"must":[{"key":"a","match":{"nowhere":7}}]}',
  '{"must":[{"key":"a","range":{}}]}',
  '{"must":[{"key":"a","range":{"gt":true}}]}',
  '{"must":[{"key":"a","range":{"gt":"no date"}}]}',
  '{"must":[{"key":"a","range":{"above":1}}]}',
  '{"must":[{"key":"a","range":[1,2]}]}',
  '{"must":[{"key":"a","values_count":{"gt":"1"}}]}',
  '{"must":[{"key":"a","values_count":{"gt":1.5}}]}',
  '{"must":[{"key":"a","geo_radius":{"center":{"lat":1},"radius":1}}]}',
  '{"must":[{"key":"a","geo_radius":{"center":{"lat":91,"lon":0},"radius":1}}]}',
  '{"must":[{"key":"a","geo_radius":{"center":{"lat":1,"lon":0},"radius":-1}}]}',
  '{"must":[{"key":"a","geo_bounding_box":{"top_left":{"lat":1,"lon":0}}}]}',
  '{"must":[{"key":"a","geo_polygon":{"exterior":{"points":[{"lat":1,"lon":0}]}}}]}',
  '{"must":[{"key":"a[0]","match":{"value":1}}]}',
  '{"must":[{"key":"a..b","match":{"value":1}}]}',
  '{"must":[{"key":"a.","match":{"value":1}}]}',
  '{"must":[{"key":"a[","match":{"value":1}}]}',
  '{"must":[{"key":"\\"a","match":{"value":1}}]}',
  '{"must":[{"is_empty":"a"}]}',
  '{"must":[{"is_null":{}}]}',
  '{"must":[{"has_id":7}]}',
  '{"must":[{"has_vector":"a"}]}',
  '{"must":[{"nested":{"key":"a"}}]}',
  '{"must":[{"nested":{"filter":{}}}]}',
  '{"min_should":{"min_count":1.5,"conditions":[]}}',
  '{"min_should":[]}',
  `${'{"must":['.repeat(200)}{}${"]}".repeat(200)}`,
];

const filterPlaces: readonly (BodyRoute & { readonly body: (filter: string) => string })[] = [
  { method: "POST", path: `${points}/scroll`, body: (filter) => `{"filter":${filter}}` },
  { method: "POST", path: `${points}/count`, body: (filter) => `{"filter":${filter}}` },
  { method: "POST", path: `${points}/delete`, body: (filter) => `{"filter":${filter}}` },
  { method: "POST", path: "/collections/c/facet", body: (filter) => `{"key":"a","filter":${filter}}` },
  { method: "POST", path: `${points}/payload/clear`, body: (filter) => `{"filter":${filter}}` },
  { method: "POST", path: `${points}/query`, body: (filter) => `{"query":[1,2,3,4],"filter":${filter}}` },
];

const badPayloads: readonly string[] = [
  "7",
  '"a"',
  "[]",
  "true",
  `${'{"a":'.repeat(70)}1${"}".repeat(70)}`,
  `{"a":"${"x".repeat(1024 * 1024)}"}`,
];

const payloadPlaces: readonly (BodyRoute & { readonly body: (payload: string) => string })[] = [
  {
    method: "PUT",
    path: points,
    body: (payload) => `{"points":[{"id":1,"vector":[1,2,3,4],"payload":${payload}}]}`,
  },
  {
    method: "PUT",
    path: points,
    body: (payload) => `{"batch":{"ids":[1],"vectors":[[1,2,3,4]],"payloads":[${payload}]}}`,
  },
  { method: "POST", path: `${points}/payload`, body: (payload) => `{"points":[1],"payload":${payload}}` },
  { method: "PUT", path: `${points}/payload`, body: (payload) => `{"points":[1],"payload":${payload}}` },
];

const badSelectors: readonly string[] = [
  '"with_payload":7',
  '"with_payload":"a"',
  '"with_payload":[7]',
  '"with_payload":{}',
  '"with_payload":{"include":["a"],"exclude":["b"]}',
  '"with_payload":{"include":"a"}',
  '"with_payload":{"only":["a"]}',
  '"with_payload":["a..b"]',
  '"with_vector":7',
  '"with_vector":"a"',
  '"with_vector":[7]',
  '"with_vector":{}',
];

const selectorPlaces: readonly (BodyRoute & { readonly body: (selector: string) => string })[] = [
  { method: "POST", path: points, body: (selector) => `{"ids":[1],${selector}}` },
  { method: "POST", path: `${points}/scroll`, body: (selector) => `{${selector}}` },
  { method: "POST", path: `${points}/query`, body: (selector) => `{"query":[1,2,3,4],${selector}}` },
];

/** What is no request to begin with, and single faults. */
const single: readonly BadRequest[] = [
  { title: "a path that is not there", method: "GET", path: "/nowhere", status: 404 },
  { title: "a path with steps up", method: "GET", path: "/collections/%2e%2e%2f%2e%2e%2fetc", status: 404 },
  { title: "a path that is badly encoded", method: "GET", path: "/collections/%zz", status: 404 },
  { title: "a very long path", method: "GET", path: `/collections/${"a".repeat(5_000)}`, status: 404 },
  { title: "many slashes", method: "GET", path: `/${"a/".repeat(3_000)}`, status: 404 },
  { title: "a method that is not there", method: "PATCH", path: "/collections", status: 405 },
  { title: "deleting all collections", method: "DELETE", path: "/collections", status: 405 },
  { title: "a point by a bad id", method: "GET", path: `${points}/x`, status: 400 },
  { title: "a point that is not there", method: "GET", path: `${points}/99`, status: 404 },
  {
    title: "a point of a missing collection",
    method: "GET",
    path: "/collections/none/points/1",
    status: 404,
  },
  {
    title: "an unknown encoding",
    method: "POST",
    path: `${points}/scroll`,
    body: "{}",
    headers: { "content-encoding": "lzma" },
    status: 415,
  },
  {
    title: "gzip that is none",
    method: "POST",
    path: `${points}/scroll`,
    body: "{}",
    headers: { "content-encoding": "gzip" },
    status: 400,
  },
  {
    title: "brotli that is none",
    method: "POST",
    path: `${points}/scroll`,
    body: "{}",
    headers: { "content-encoding": "br" },
    status: 400,
  },
  {
    title: "another host",
    method: "GET",
    path: "/collections",
    headers: { host: "example.com" },
    status: 403,
  },
  {
    title: "a body beyond the limit",
    method: "POST",
    path: `${points}/scroll`,
    body: " ".repeat(3 * 1024 * 1024),
    status: 413,
  },
  {
    title: "a collection that exists",
    method: "PUT",
    path: "/collections/c",
    body: '{"vectors":{"size":4,"distance":"Dot"}}',
    status: 409,
  },
  {
    title: "a wait that is no boolean",
    method: "PUT",
    path: `${points}?wait=perhaps`,
    body: '{"points":[]}',
    status: 400,
  },
  { title: "a limit of nothing", method: "POST", path: `${points}/scroll`, body: '{"limit":0}', status: 422 },
  {
    title: "a limit below nothing",
    method: "POST",
    path: `${points}/query`,
    body: '{"query":[1,2,3,4],"limit":-1}',
    status: 422,
  },
  {
    title: "an offset below nothing",
    method: "POST",
    path: `${points}/query`,
    body: '{"query":[1,2,3,4],"offset":-1}',
    status: 422,
  },
  {
    title: "a limit beyond all",
    method: "POST",
    path: `${points}/query`,
    body: '{"query":[1,2,3,4],"limit":1000000000}',
    status: 400,
  },
  {
    title: "an ef of nothing",
    method: "POST",
    path: `${points}/query`,
    body: '{"query":[1,2,3,4],"params":{"hnsw_ef":0}}',
    status: 422,
  },
  {
    title: "a dimension of nothing",
    method: "PUT",
    path: "/collections/new",
    body: '{"vectors":{"size":0,"distance":"Dot"}}',
    status: 422,
  },
  {
    title: "a dimension beyond all",
    method: "PUT",
    path: "/collections/new",
    body: '{"vectors":{"size":100000000,"distance":"Dot"}}',
    status: 400,
  },
  {
    title: "a distance that is not there",
    method: "PUT",
    path: "/collections/new",
    body: '{"vectors":{"size":4,"distance":"Far"}}',
    status: 400,
  },
  {
    title: "a name with control characters",
    method: "PUT",
    path: "/collections/a%00b",
    body: '{"vectors":{"size":4,"distance":"Dot"}}',
    status: 400,
  },
  {
    title: "a name that is too long",
    method: "PUT",
    path: `/collections/${"a".repeat(300)}`,
    body: '{"vectors":{"size":4,"distance":"Dot"}}',
    status: 400,
  },
  {
    title: "an index of a kind that is not there",
    method: "PUT",
    path: "/collections/c/index",
    body: '{"field_name":"a","field_schema":"blob"}',
    status: 400,
  },
  {
    title: "points and a filter",
    method: "POST",
    path: `${points}/delete`,
    body: '{"points":[1],"filter":{}}',
    status: 400,
  },
  { title: "neither points nor a filter", method: "POST", path: `${points}/delete`, body: "{}", status: 400 },
  {
    title: "columns of two lengths",
    method: "PUT",
    path: points,
    body: '{"batch":{"ids":[1,2],"vectors":[[1,2,3,4]]}}',
    status: 400,
  },
  {
    title: "an operation that is not there",
    method: "POST",
    path: `${points}/batch`,
    body: '{"operations":[{"destroy":{}}]}',
    status: 400,
  },
  {
    title: "calls of another version",
    method: "POST",
    path: "/omendb/v1/collections/name=c/reads",
    body: "{}",
    status: 400,
  },
  {
    title: "a call that is not there",
    method: "POST",
    path: "/omendb/v1/database/close",
    body: "[]",
    status: 404,
  },
  {
    title: "the page's search without anything",
    method: "POST",
    path: "/omendb/page/search",
    body: "{}",
    status: 400,
  },
];

/** All of them. */
export const badRequests: readonly BadRequest[] = [
  ...single,
  ...bodyRoutes.flatMap(({ method, path }) =>
    Object.entries(badBodies).map(([title, body]) => ({
      title: `${method} ${path} with ${title}`,
      method,
      path,
      body,
      status: 400,
    })),
  ),
  ...bodyRoutes
    .filter(({ path }) => path.startsWith("/collections/c/"))
    .map(({ method, path }) => ({
      title: `${method} ${path} of a missing collection`,
      method,
      path: path.replace("/c/", "/none/"),
      body: "{}",
      // What is wrong with a body is told first where the body decides on the call.
      status: 404,
    })),
  ...product(idPlaces, badIds, "the id"),
  ...product(vectorPlaces, badVectors, "the vector"),
  ...product(filterPlaces, badFilters, "the filter"),
  ...product(payloadPlaces, badPayloads, "the payload"),
  ...product(selectorPlaces, badSelectors, "the selector"),
];

function product(
  places: readonly (BodyRoute & { readonly body: (part: string) => string })[],
  parts: readonly string[],
  what: string,
): BadRequest[] {
  return places.flatMap(({ method, path, body }, i) =>
    parts.map((part) => ({
      title: `${method} ${path} (${i}) with ${what} ${part.slice(0, 60)}`,
      method,
      path,
      body: body(part),
      status: 400,
    })),
  );
}
