// What the child does in the test of I/O errors: everything that touches files, in few calls.

/** One call, or closing and opening again. */
export type Step =
  | { readonly kind: "create" | "drop" | "write" | "wait" | "ask"; readonly name: string }
  | { readonly kind: "reopen" };

const guest = "guestA 0/0";

/** The collections that are there from the beginning. */
export const scriptNames = ["few", "fields"] as const;

/** More than a thousand changes, so that closing writes a checkpoint. */
const manyWrites: readonly Step[] = Array.from({ length: 6 }, () => ({ kind: "write", name: "few" }));

export const script: readonly Step[] = [
  { kind: "write", name: "few" },
  { kind: "write", name: "fields" },
  { kind: "ask", name: "few" },
  { kind: "create", name: guest },
  { kind: "write", name: guest },
  { kind: "write", name: "fields" },
  { kind: "drop", name: guest },
  ...manyWrites,
  { kind: "wait", name: "few" },
  { kind: "ask", name: "few" },
  { kind: "reopen" },
  { kind: "ask", name: "fields" },
  { kind: "write", name: "few" },
  { kind: "write", name: "fields" },
  { kind: "wait", name: "few" },
  { kind: "ask", name: "few" },
];
