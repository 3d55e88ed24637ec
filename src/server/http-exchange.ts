// A request and its response as plain data, so that one handler serves node:http and fetch alike.

/** A request whose body has not been read yet. */
export interface HttpRequest {
  readonly method: string;
  /** As it came, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** A header by its lower-case name; several of one name are joined by commas. */
  readonly header: (name: string) => string | undefined;
  /** `undefined` where there is none. */
  readonly body: AsyncIterable<Uint8Array> | undefined;
  /** Whether nobody waits for the response any more. */
  readonly isGone: () => boolean;
}

/** A response, complete. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}
