// Routes by method and path. A path is written like `/collections/{name}/points`; what stands in braces takes one segment, or
// what follows a beginning that is written before the braces.

/** What a caller must be allowed to do to use a route. */
export type Access = "public" | "read" | "write" | "manage";

/** Where a route leads, and who may go there. */
export interface Route<Handler> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly access: Access;
  /** `"monitoring"` is answered however many requests wait, as is what is public. */
  readonly lane?: "monitoring";
  readonly run: Handler;
}

/** A route that was found, with the segments that its braces took, decoded. */
export interface FoundRoute<Handler> {
  readonly route: Route<Handler>;
  readonly params: Readonly<Record<string, string>>;
}

interface Node<Handler> {
  readonly fixed: Map<string, Node<Handler>>;
  /** By their beginnings. */
  readonly parameters: Map<string, Node<Handler>>;
  readonly routes: Map<string, Route<Handler>>;
}

/** Finds routes. A segment that is written out goes before one in braces. */
export class Router<Handler> {
  readonly #root: Node<Handler> = emptyNode();

  constructor(routes: readonly Route<Handler>[]) {
    for (const route of routes) this.#add(route);
  }

  /** The route; or the methods that the path has, none where there is no such path. */
  find(method: string, path: string): FoundRoute<Handler> | { readonly methods: readonly string[] } {
    const segments = segmentsOf(path).map(decodeSegment);
    const values: string[] = [];
    const node = walk(this.#root, segments, values);
    const route = node?.routes.get(method);
    if (route === undefined) return { methods: [...(node?.routes.keys() ?? [])] };
    const names = segmentsOf(route.path).flatMap((segment) => parameterOf(segment)?.name ?? []);
    return { route, params: Object.fromEntries(names.map((name, i) => [name, values[i]!])) };
  }

  #add(route: Route<Handler>): void {
    let node = this.#root;
    for (const segment of segmentsOf(route.path)) {
      const parameter = parameterOf(segment);
      const [nodes, key] =
        parameter === undefined ? [node.fixed, segment] : [node.parameters, parameter.beginning];
      const next = nodes.get(key) ?? emptyNode<Handler>();
      nodes.set(key, next);
      node = next;
    }
    node.routes.set(route.method, route);
  }
}

function emptyNode<Handler>(): Node<Handler> {
  return { fixed: new Map(), parameters: new Map(), routes: new Map() };
}

/** Goes down the tree; a branch without routes at its end is left for another one. */
function walk<Handler>(
  node: Node<Handler>,
  segments: readonly string[],
  values: string[],
): Node<Handler> | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const next = node.fixed.get(segment);
  const found = next === undefined ? undefined : walk(next, rest, values);
  if (found !== undefined) return found;
  for (const [beginning, behind] of node.parameters) {
    if (!segment.startsWith(beginning)) continue;
    values.push(segment.slice(beginning.length));
    const through = walk(behind, rest, values);
    if (through !== undefined) return through;
    values.pop();
  }
  return undefined;
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function parameterOf(segment: string): { readonly beginning: string; readonly name: string } | undefined {
  const [, beginning = "", name] = /^([^{]*)\{(.+)\}$/u.exec(segment) ?? [];
  return name === undefined ? undefined : { beginning, name };
}

/** A segment that is not well encoded stands for itself. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
