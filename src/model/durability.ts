// How long an acknowledged write may be known to the operating system only. docs/reference/durability.md is the contract.

/**
 * What an acknowledgement means. `"sync"`: the write is on the disk. `"interval"`: the operating system has it, and it is on
 * the disk at most `flushIntervalMs` and a flush later. `"os"`: the operating system has it.
 */
export type DurabilityMode = "sync" | "interval" | "os";

/** A mode with what belongs to it. */
export type ResolvedDurability =
  | { readonly kind: "sync" }
  | { readonly kind: "interval"; readonly flushIntervalMs: number }
  | { readonly kind: "os" };
