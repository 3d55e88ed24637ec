// The dialect of OmenDB's own client: the calls of `Database` and `Collection` as they are. It is no interface to write
// clients for: both sides belong to one version. Writes of a collection come in the order of its caller, many in one request.

import { randomBytes } from "node:crypto";
import { OmenError } from "../../../base/omen-error.js";
import type { Collection } from "../../../model/database.js";
import {
  collectionCalls,
  databaseCalls,
  remoteRoot,
  type CallAccess,
  type RemoteCall,
  type RemoteError,
  type RemoteResult,
} from "../../../model/remote-calls.js";
import { collectionDropped } from "../../../model/gone-errors.js";
import { encodeWireValue } from "../../../model/wire-value.js";
import type { Dialect, DialectCall, DialectHandler } from "../../dialect.js";
import { HttpError } from "../../http-error.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";
import { decodeArguments, decodeCalls } from "./decode-calls.js";

const one = `${remoteRoot}/collections/name={collection_name}`;

const routes: readonly Route<DialectHandler>[] = [
  { method: "POST", path: `${one}/open`, access: "read", run: openCollection },
  { method: "POST", path: `${one}/create`, access: "manage", run: createCollection },
  { method: "POST", path: `${one}/reads`, access: "read", run: callCollection("read") },
  { method: "POST", path: `${one}/writes`, access: "write", run: callCollection("write") },
  ...Object.entries(databaseCalls).map(([name, access]): Route<DialectHandler> => ({
    method: "POST",
    path: `${remoteRoot}/database/${name}`,
    access,
    run: callDatabase(name),
  })),
];

/** Bodies are values in OmenDB's own form, which this dialect reads itself. */
export const omendbDialect: Dialect = { root: remoteRoot, body: "text", routes, errorResponse };

/** Tells a collection from a later one of the same name. */
const tokens = new WeakMap<Collection, string>();
const process = randomBytes(6).toString("hex");
let tokenCount = 0;

function tokenOf(collection: Collection): string {
  const known = tokens.get(collection);
  if (known !== undefined) return known;
  const token = `${process}-${tokenCount++}`;
  tokens.set(collection, token);
  return token;
}

async function openCollection({ db, params }: DialectCall): Promise<HttpResponse> {
  return value(tokenOf(await db.collection(params["collection_name"]!)));
}

async function createCollection({ db, params, body }: DialectCall): Promise<HttpResponse> {
  const [config] = decodeArguments(body);
  // It is checked by the database, as whatever a caller in this process passes.
  const collection = await db.createCollection(params["collection_name"]!, config as never);
  return value(tokenOf(collection));
}

/** Makes the calls at once, so that those that write share what they can; answers when all are over. */
function callCollection(access: CallAccess): DialectHandler {
  return async (call) => {
    const { token, calls } = decodeCalls(call.body);
    const collection = await namedCollection(call, token);
    const results = await Promise.all(calls.map((one) => resultOf(() => perform(collection, one, access))));
    return { status: 200, headers: json, body: encodeWireValue(results) };
  };
}

async function namedCollection({ db, params }: DialectCall, token: string): Promise<Collection> {
  const name = params["collection_name"]!;
  const collection = await db.collection(name).catch((error: unknown) => {
    throw isMissing(error) ? collectionDropped(name) : error;
  });
  // A token of an earlier process does not tell which collection it meant.
  if (token.startsWith(`${process}-`) && token !== tokenOf(collection)) throw collectionDropped(name);
  return collection;
}

function isMissing(error: unknown): boolean {
  return error instanceof OmenError && error.code === "collection_not_found";
}

function perform(collection: Collection, { method, args }: RemoteCall, access: CallAccess): unknown {
  const calls: Readonly<Record<string, CallAccess>> = collectionCalls;
  if (!Object.hasOwn(calls, method) || calls[method] !== access) throw noSuchCall(method);
  // One of the methods named in the list; it decodes its arguments itself.
  return (collection as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[method]!(
    ...args,
  );
}

function callDatabase(method: string): DialectHandler {
  return async ({ db, body }) => {
    const call = (db as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[method]!;
    return value(await call.apply(db, [...decodeArguments(body)]));
  };
}

function noSuchCall(method: string): HttpError {
  return new HttpError(404, `There is no call ${method}`);
}

async function resultOf(call: () => unknown): Promise<RemoteResult> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error: remoteErrorOf(error) };
  }
}

const json = { "content-type": "application/json" };

function value(result: unknown): HttpResponse {
  return { status: 200, headers: json, body: encodeWireValue([{ value: result }]) };
}

const statuses: Readonly<Record<string, number>> = {
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  closed: 503,
};

function errorResponse(error: unknown): HttpResponse {
  const told = remoteErrorOf(error);
  const status = error instanceof HttpError ? error.status : (statuses[told.kind] ?? 400);
  const headers = error instanceof HttpError ? error.headers : {};
  return { status, headers: { ...headers, ...json }, body: encodeWireValue([{ error: told }]) };
}

function remoteErrorOf(error: unknown): RemoteError {
  if (error instanceof OmenError) {
    const { kind, code, message, field, received } = error;
    return { kind, code, message, field, received };
  }
  if (error instanceof HttpError)
    return { kind: "invalid", code: `http_${error.status}`, message: error.message };
  return {
    kind: "unavailable",
    code: "server_fault",
    message: "A fault of OmenDB itself; the server's log has it.",
  };
}
