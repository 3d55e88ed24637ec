// Errors in Qdrant's own words. Clients print them, and some look for them.

import { HttpError } from "../../http-error.js";

/** Something in the body has the wrong form. */
export function formatError(place: string, what: string): HttpError {
  return new HttpError(400, `Format error in JSON body: ${place === "" ? "" : `${place}: `}${what}`);
}

/** Something in the body has the right form and a value that is not possible. */
export function validationError(what: string): HttpError {
  return new HttpError(422, `Validation error in JSON body: [${what}]`);
}

/** A request that is well formed and cannot be done. */
export function wrongInput(what: string): HttpError {
  return new HttpError(400, `Wrong input: ${what}`);
}

/** What cannot be done here, or not by this server. */
export function badRequest(what: string): HttpError {
  return new HttpError(400, `Bad request: ${what}`);
}

export function notFound(what: string): HttpError {
  return new HttpError(404, `Not found: ${what}`);
}

export function collectionNotFound(name: string): HttpError {
  return notFound(`Collection \`${name}\` doesn't exist!`);
}
