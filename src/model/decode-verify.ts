// Decoding of what verification and repair take.

import type { RepairOptions, VerifyOptions } from "./database-check.js";
import { decodeBoolean, decodeFields, decodeInteger } from "./decode-object.js";
import { invalidInput } from "./invalid-input.js";

/** `VerifyOptions`, complete. */
export interface ResolvedVerifyOptions {
  readonly onProgress: NonNullable<VerifyOptions["onProgress"]>;
  readonly limits: { readonly silenceMsMax: number; readonly memoryBytesMax: number };
}

/** `RepairOptions`, complete. */
export interface ResolvedRepairOptions extends ResolvedVerifyOptions {
  readonly isDryRun: boolean;
}

const silenceRange = { min: 1_000, max: 3_600_000, fallback: 60_000 };
const memoryRange = { min: 2 ** 27, max: 2 ** 36, fallback: 2 ** 30 };
const verifyFields = ["onProgress", "silenceMsMax", "memoryBytesMax"] as const;

/** Decodes the options of `verify`. Throws OmenError invalid. */
export function decodeVerifyOptions(value: unknown): ResolvedVerifyOptions {
  return resolved(decodeFields(value ?? {}, "options", verifyFields));
}

/** Decodes the options of `repair`. Throws OmenError invalid. */
export function decodeRepairOptions(value: unknown): ResolvedRepairOptions {
  const given = decodeFields(value ?? {}, "options", [...verifyFields, "dryRun"] as const);
  const { dryRun }: { readonly [Name in keyof RepairOptions]?: unknown } = given;
  return { ...resolved(given), isDryRun: decodeBoolean(dryRun, "options.dryRun") };
}

function resolved(given: { readonly [Name in keyof VerifyOptions]?: unknown }): ResolvedVerifyOptions {
  return {
    onProgress: decodeListener(given.onProgress),
    limits: {
      silenceMsMax: decodeInteger(given.silenceMsMax, "options.silenceMsMax", silenceRange),
      memoryBytesMax: decodeInteger(given.memoryBytesMax, "options.memoryBytesMax", memoryRange),
    },
  };
}

function decodeListener(value: unknown): NonNullable<VerifyOptions["onProgress"]> {
  if (value === undefined) return () => undefined;
  // A function of the caller's, whose parameters cannot be looked at.
  if (typeof value === "function") return value as NonNullable<VerifyOptions["onProgress"]>;
  throw invalidInput("wrong_type", "options.onProgress", value, "A function is needed.");
}
