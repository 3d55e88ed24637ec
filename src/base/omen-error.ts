// The one error that callers of OmenDB see. An OmenError says that the caller or the world is wrong; a fault of
// our own is an AssertionError instead. Codes are stable and listed in docs/reference/errors.md.

/** Every kind of error, in the order of the table in docs/reference/errors.md. */
export const omenErrorKinds = [
  "invalid",
  "not_found",
  "conflict",
  "unavailable",
  "corrupt",
  "closed",
  "unsupported",
] as const;

/** What kind of thing went wrong; each kind calls for a different reaction of the caller. */
export type OmenErrorKind = (typeof omenErrorKinds)[number];

/** What an error carries beside its message. */
export interface OmenErrorDetails {
  /** Path of the offending input, such as `points[3].vector[7]`. */
  readonly field?: string;
  /** The value received, shortened where it is long. */
  readonly received?: string;
  /** The error of the layer below, if one caused this. */
  readonly cause?: unknown;
}

/** An error that the caller or the world caused. `kind` and `code` are stable; the message is for people. */
export class OmenError extends Error {
  override readonly name = "OmenError";
  readonly kind: OmenErrorKind;
  readonly code: string;
  readonly field: string | undefined;
  readonly received: string | undefined;

  constructor(kind: OmenErrorKind, code: string, message: string, details: OmenErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.code = code;
    this.field = details.field;
    this.received = details.received;
  }
}
