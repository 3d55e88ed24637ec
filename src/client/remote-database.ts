// A database that another process serves, behind the same interface as an embedded one.

import type { BackupResult } from "../model/backup.js";
import type { CollectionConfig } from "../model/collection-config.js";
import type { Collection, CollectionInfo, Database } from "../model/database.js";
import type { DatabaseEventName, DatabaseListener } from "../model/database-events.js";
import type { DatabaseMetrics } from "../model/metrics.js";
import type { DatabaseCheck, VerifyOptions } from "../model/database-check.js";
import type { DatabaseStats } from "../model/stats.js";
import type { DatabaseCall } from "../model/remote-calls.js";
import { OmenError } from "../base/omen-error.js";
import { checkListener } from "../model/decode-listener.js";
import { decodeCollectionName } from "../model/decode-name.js";
import { RemoteCollection } from "./remote-collection.js";
import { verifyArguments } from "./verify-arguments.js";
import type { Wire } from "./wire.js";

export class RemoteDatabase implements Database {
  readonly #wire: Wire;
  /** Collections by their tokens, so that two calls give the same one. */
  readonly #collections = new Map<string, RemoteCollection>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async createCollection(name: string, config: CollectionConfig): Promise<Collection> {
    return this.#collection(name, "create", [config]);
  }

  async collection(name: string): Promise<Collection> {
    return this.#collection(name, "open", []);
  }

  async listCollections(): Promise<CollectionInfo[]> {
    return this.#call("listCollections", []);
  }

  async dropCollection(name: string): Promise<boolean> {
    return this.#call("dropCollection", [name]);
  }

  async stats(): Promise<DatabaseStats> {
    return this.#call("stats", []);
  }

  async metrics(): Promise<DatabaseMetrics> {
    return this.#call("metrics", []);
  }

  /** Refused: events are for the process that serves. */
  on<Name extends DatabaseEventName>(event: Name, listener: DatabaseListener<Name>): this {
    checkListener(event, listener);
    this.#wire.assertOpen();
    const message = "Events are told in the process that serves the database; listen there.";
    throw new OmenError("unsupported", "events_are_local", message);
  }

  /** Nobody can listen. */
  off<Name extends DatabaseEventName>(event: Name, listener: DatabaseListener<Name>): this {
    checkListener(event, listener);
    return this;
  }

  async verify(options?: VerifyOptions): Promise<DatabaseCheck> {
    return this.#call("verify", verifyArguments(options));
  }

  /** A client must not have a server write where it likes. */
  async backup(): Promise<BackupResult> {
    const message = "A database is backed up by the process that has it open; call backup() there.";
    throw new OmenError("unsupported", "backup_remote", message);
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #call<Result>(method: DatabaseCall, args: readonly unknown[]): Promise<Result> {
    // The server answers with what the method gives there.
    return (await this.#wire.call(`/database/${method}`, args)) as Result;
  }

  async #collection(name: string, verb: "open" | "create", args: readonly unknown[]): Promise<Collection> {
    this.#wire.assertOpen();
    // With something before it, a name of dots is no step to another folder.
    const path = `/collections/name=${encodeURIComponent(decodeCollectionName(name))}`;
    const token = String(await this.#wire.call(`${path}/${verb}`, args));
    const known = this.#collections.get(token);
    if (known !== undefined) return known;
    const collection = new RemoteCollection(name, this.#wire, { path, token });
    this.#collections.set(token, collection);
    return collection;
  }
}
