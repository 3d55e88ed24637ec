// The envelope of every response: `{ result, status, time }`, and what an error becomes in it.

import { OmenError } from "../../../base/omen-error.js";
import { type ExactJson, exactJsonText } from "../../../model/exact-json.js";
import { HttpError } from "../../http-error.js";
import type { HttpResponse } from "../../http-exchange.js";

const json = { "content-type": "application/json" };

/** A result in its envelope. */
export function ok(result: ExactJson, startMs: number): HttpResponse {
  return {
    status: 200,
    headers: json,
    body: exactJsonText({ result, status: "ok", time: secondsSince(startMs) }),
  };
}

/** What went wrong, in the envelope, with a status that the official clients take for an error. */
export function errorResponse(error: unknown, startMs: number): HttpResponse {
  const { status, message, headers } = httpErrorOf(error);
  const body = exactJsonText({ status: { error: message }, time: secondsSince(startMs) });
  return { status, headers: { ...headers, ...json }, body };
}

const statuses: Readonly<Record<OmenError["kind"], number>> = {
  invalid: 400,
  not_found: 404,
  conflict: 409,
  unsupported: 400,
  unavailable: 503,
  closed: 503,
  corrupt: 500,
};

function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (!(error instanceof OmenError))
    return new HttpError(500, "Service internal error: a fault of OmenDB itself");
  const status = error.code === "disk_full" ? 507 : statuses[error.kind];
  return new HttpError(status, wordsOf(error));
}

/** Qdrant's words where it has some for the case. */
function wordsOf({ kind, code, message, received }: OmenError): string {
  if (code === "collection_exists")
    return `Wrong input: Collection \`${unquoted(received)}\` already exists!`;
  if (code === "collection_not_found")
    return `Not found: Collection \`${unquoted(received)}\` doesn't exist!`;
  if (code === "vector_dimension") {
    const [, expected = "", got = ""] =
      /the (\d+) components of its field, but has (\d+)/u.exec(message) ?? [];
    return `Wrong input: Vector dimension error: expected dim: ${expected}, got ${got}`;
  }
  if (kind === "invalid" || kind === "unsupported") return `Wrong input: ${message}`;
  if (kind === "not_found") return `Not found: ${message}`;
  return `Service internal error: ${message}`;
}

function unquoted(text: string | undefined): string {
  return (text ?? "").replace(/^"|"$/gu, "");
}

function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) * 1000) / 1e6;
}
