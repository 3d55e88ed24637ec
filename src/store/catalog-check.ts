// Reads every record of a catalogue that may be damaged, in a process of its own, and tells which are whole.

import { xxHash32OfBytes } from "../base/checksum.js";
import { Findings, type CheckProblem } from "../model/check-problem.js";
import { readCatalog } from "./catalog-record.js";
import { LmdbEnvironment } from "./lmdb-environment.js";

const place = "catalog";

/** All whole records, and what is wrong. Throws OmenError if LMDB cannot open the file. */
export async function readCatalogRecords(folder: string): Promise<{
  readonly records: readonly { readonly key: string; readonly text: string }[];
  readonly problems: readonly CheckProblem[];
}> {
  const findings = new Findings();
  const environment = await LmdbEnvironment.open(folder, { mode: "open", access: "read", tableCountMax: 2 });
  try {
    const meta = environment.findTable<Uint8Array>("meta", "binary");
    const table = environment.findTable<Uint8Array>("records", "binary");
    environment.refresh();
    if (meta === undefined || table === undefined) {
      findings.add({
        kind: "table_missing",
        remedy: "lost",
        place,
        detail: "A table of the catalogue is not in its file.",
      });
      return { records: [], problems: findings.problems(null) };
    }
    const records: { key: string; text: string }[] = [];
    try {
      for (const { key, value } of environment.scan((options) => table.getRange(options))) {
        const name = Buffer.from(key).toString();
        const text = wholeText(key, value);
        if (text !== undefined) records.push({ key: name, text });
        else {
          const detail = `The record of the collection ${JSON.stringify(name)} is damaged.`;
          findings.add({ kind: "record_damaged", remedy: "lost", place, detail });
        }
      }
      if (readCatalog(environment, { meta, records: table }) === undefined)
        findings.add({ kind: "catalog_damaged", remedy: "lost", place, detail: "The catalogue is empty." });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      findings.add({ kind: "catalog_damaged", remedy: "lost", place, detail });
    }
    return { records, problems: findings.problems(null) };
  } finally {
    await environment.close();
  }
}

function wholeText(key: Uint8Array, value: Uint8Array): string | undefined {
  const record = Buffer.from(value);
  if (record.length <= 4) return undefined;
  const sum = xxHash32OfBytes(record.subarray(4), xxHash32OfBytes(key, 0));
  return sum === record.readUInt32LE(0) ? record.toString("utf8", 4) : undefined;
}
