// Reading the bodies that OmenDB's own client sends. Arguments are checked by the calls themselves.

import type { RemoteCalls } from "../../../model/remote-calls.js";
import { isPlainObject } from "../../../model/invalid-input.js";
import { decodeWireValue } from "../../../model/wire-value.js";
import { HttpError } from "../../http-error.js";

/** Calls in one request; a client sends fewer. */
const callsMax = 1000;

export function decodeArguments(body: unknown): readonly unknown[] {
  const args = typeof body === "string" ? decodeWireValue(body) : undefined;
  if (!Array.isArray(args)) throw malformed("a list of arguments");
  return args;
}

export function decodeCalls(body: unknown): RemoteCalls {
  const given = typeof body === "string" ? decodeWireValue(body) : undefined;
  if (!isPlainObject(given)) throw malformed("calls");
  const { token, calls } = given;
  if (typeof token !== "string" || !Array.isArray(calls) || calls.length > callsMax) throw malformed("calls");
  return {
    token,
    calls: calls.map((call: unknown) => {
      if (!isPlainObject(call) || typeof call["method"] !== "string" || !Array.isArray(call["args"]))
        throw malformed("a call");
      return { method: call["method"], args: call["args"] };
    }),
  };
}

function malformed(what: string): HttpError {
  return new HttpError(400, `The body is not ${what} as the client of this version sends it`);
}
