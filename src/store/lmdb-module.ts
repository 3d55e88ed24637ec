// The one door to the npm package lmdb. It is loaded as CommonJS, because the declarations it has for ES modules
// say `export =`, which TypeScript refuses (TS1203); those for CommonJS are the same and right.

import { createRequire } from "node:module";
import type * as Lmdb from "lmdb" with { "resolution-mode": "require" };

export type Transaction = Lmdb.Transaction;
export type RootDatabase = Lmdb.RootDatabase<Uint8Array, Uint8Array>;

export const open: typeof Lmdb.open = (createRequire(import.meta.url)("lmdb") as typeof Lmdb).open;
