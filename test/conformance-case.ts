// What one case of the conformance suite is.

import type { Collection, CollectionConfig, Database } from "omendb";

/** What a case works with. */
export interface CaseContext {
  readonly db: Database;
  /** A collection named `name`, made with `config`. */
  create(config: CollectionConfig, name?: string): Promise<Collection>;
  /** The collection again, of a database that may have been closed and reopened. */
  again(name?: string): Promise<Collection>;
  /** The database again. */
  reopened(): Promise<Database>;
}

/** One thing that every database does. */
export interface ConformanceCase {
  readonly title: string;
  readonly run: (bench: CaseContext) => Promise<void>;
}
