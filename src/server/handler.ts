// One way for every request: host, route, key, body, its turn, call, response. Whatever is thrown on it becomes a response here.

import type { Database } from "../model/database.js";
import { parseExactJson } from "../model/exact-json.js";
import type { Admission } from "./admission.js";
import type { Authentication } from "./authentication.js";
import type { ByteBudget } from "./byte-budget.js";
import type { Dialect, DialectHandler } from "./dialect.js";
import { HttpError } from "./http-error.js";
import type { HttpRequest, HttpResponse } from "./http-exchange.js";
import { isLoopbackHost, isSameOrigin } from "./loopback.js";
import type { RequestObserver, SeenRequest } from "./observation/request-observer.js";
import { pageResponse } from "./page/page-html.js";
import { readBody } from "./read-body.js";
import { type FoundRoute, Router } from "./router.js";

/** What a handler is made of. */
export interface HandlerParts {
  readonly db: Database;
  /** One of them must have the root `""`. */
  readonly dialects: readonly Dialect[];
  readonly authentication: Authentication;
  readonly admission: Admission;
  /** For all bodies together. */
  readonly bodyBudget: ByteBudget;
  /** For each. */
  readonly bodyBytesMax: number;
  /**
   * Where no key is asked for, who else could send requests are pages in a browser of this machine. `"pagesOfOwn"` refuses those of other
   * sites, and names that were pointed here.
   */
  readonly from: "pagesOfOwn" | "anywhere";
  readonly observer: RequestObserver;
}

/** Answers requests. Never rejects. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/** Makes a handler. */
export function createHandler(parts: HandlerParts): Handler {
  const worker = new RequestWorker(parts);
  return (request) => parts.observer.observe(request, (seen) => worker.answer(request, seen));
}

class RequestWorker {
  readonly #parts: HandlerParts;
  readonly #router: Router<DialectHandler>;
  /** The longest root first. */
  readonly #rooted: readonly Dialect[];

  constructor(parts: HandlerParts) {
    this.#parts = parts;
    this.#router = new Router(parts.dialects.flatMap((dialect) => dialect.routes));
    this.#rooted = parts.dialects.toSorted((a, b) => b.root.length - a.root.length);
  }

  async answer(request: HttpRequest, seen: SeenRequest): Promise<HttpResponse> {
    const dialect = this.#rooted.find(({ root }) => request.path.startsWith(root))!;
    try {
      if (this.#parts.from === "pagesOfOwn") checkOwnPage(request);
      if (isForPeople(request)) return pageResponse;
      return await this.#answerRoute(request, dialect, seen);
    } catch (error) {
      seen.error = error;
      return dialect.errorResponse(error, seen.startMs, seen.requestId);
    }
  }

  async #answerRoute(request: HttpRequest, dialect: Dialect, seen: SeenRequest): Promise<HttpResponse> {
    const { authentication, admission, bodyBudget } = this.#parts;
    const found = this.#router.find(request.method, request.path);
    if (!("route" in found)) {
      // Who may not come in is not told which doors there are.
      await authentication.identify(request);
      throw unroutable(request, found.methods);
    }
    const { route } = found;
    seen.route = route.path;
    const isPublic = route.access === "public";
    let held = 0;
    const take = (bytes: number): boolean => {
      const isTaken = bodyBudget.take(bytes);
      if (isTaken) held += bytes;
      return isTaken;
    };
    try {
      const work = this.#prepare(request, found, { dialect, seen, take });
      if (isPublic || route.lane === "monitoring") return await (await work)();
      // Bodies are read before, so that slow ones take no turns.
      return await admission.run(await work, request.isGone);
    } finally {
      bodyBudget.give(held);
    }
  }

  /** Checks who asks and reads what they send; what is returned does what they ask for. */
  async #prepare(
    request: HttpRequest,
    { route, params }: FoundRoute<DialectHandler>,
    how: {
      readonly dialect: Dialect;
      readonly seen: SeenRequest;
      readonly take: (bytes: number) => boolean;
    },
  ): Promise<() => Promise<HttpResponse>> {
    const { db, authentication, bodyBytesMax } = this.#parts;
    const { grant, name } =
      route.access === "public" ? authentication.nobody : await authentication.identify(request);
    how.seen.caller = name;
    if (!grant.allows(route.access, params["collection_name"]))
      throw new HttpError(403, "Forbidden: this API key is not good for that");
    const bytes = await readBody(request, { bytesMax: bodyBytesMax, take: how.take });
    const { query } = request;
    const { startMs } = how.seen;
    return () => {
      const body = bytes.byteLength === 0 ? undefined : bodyOf(bytes, how.dialect);
      return route.run({ db, params, query, body, startMs, grant });
    };
  }
}

/** Without a key a page of any site could make a browser of this machine write, and could read under a name of its own. */
function checkOwnPage({ header }: HttpRequest): void {
  const host = header("host");
  if (!isLoopbackHost(host))
    throw new HttpError(403, "Forbidden: the Host header does not name this machine");
  if (!isSameOrigin(header("origin"), host))
    throw new HttpError(403, "Forbidden: pages of other origins may not use a server without an API key");
}

/** Browsers ask for a page; clients that speak to the same address do not. */
function isForPeople({ method, path, header }: HttpRequest): boolean {
  return method === "GET" && path === "/" && (header("accept") ?? "").includes("text/html");
}

function unroutable({ method, path }: HttpRequest, methods: readonly string[]): HttpError {
  if (methods.length === 0) return new HttpError(404, `There is nothing at ${path}`);
  return new HttpError(405, `${method} is not possible at ${path}`, { allow: methods.join(", ") });
}

function bodyOf(bytes: Buffer, { body }: Dialect): unknown {
  const text = textOf(bytes);
  return body === "text" ? text : jsonOf(text);
}

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new HttpError(400, "Format error in JSON body: it is not UTF-8");
  }
}

function jsonOf(text: string): unknown {
  // A byte order mark alone is no text.
  if (text === "") return undefined;
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new HttpError(400, `Format error in JSON body: ${error instanceof Error ? error.message : ""}`);
  }
}

/** Refuses bytes that are not UTF-8 instead of replacing them. */
const utf8 = new TextDecoder("utf-8", { fatal: true });
