// The program of a process that reads a store for another one, and may die of it. It is started by inspection-process.ts
// alone, does one task at a time, and ends when nobody listens any more.

import { OmenError } from "../base/omen-error.js";
import { readCatalogRecords } from "./catalog-check.js";
import type { InspectionReply, InspectionRequest, InspectionTasks, TaskName } from "./inspection-tasks.js";
import { greatestRow, salvageIds, salvageRows } from "./salvage-rows.js";
import { checkTable } from "./store-check.js";
import { StoreReader } from "./store-reader.js";

type Program = {
  readonly [Name in TaskName]: (
    given: InspectionTasks[Name]["given"],
  ) => Promise<InspectionTasks[Name]["result"]> | InspectionTasks[Name]["result"];
};

let opened: StoreReader | undefined;

function reader(): StoreReader {
  if (opened === undefined) throw new Error("no store is open");
  return opened;
}

function send(reply: InspectionReply): void {
  process.send?.(reply);
}

const tellProgress = (done: number): void => {
  send({ kind: "progress", done });
};

const program: Program = {
  open: async ({ folder, dimensions }) => {
    opened = await StoreReader.open(folder, dimensions);
    const meta = opened.readMeta();
    const known = meta.state === "whole" ? meta.value : undefined;
    return {
      tables: opened.tableNames,
      sequence: known?.sequence ?? 0,
      isMetaWhole: known !== undefined,
      rowEnd: known?.rowEnd ?? 0,
      pointCount: known?.rows.count ?? 0,
    };
  },
  check: ({ table }) => checkTable(reader(), table, tellProgress),
  salvage: (range) => salvageRows(reader(), range),
  greatestRow: ({ table }) => greatestRow(reader(), table, tellProgress),
  ids: ({ after }) => salvageIds(reader(), after),
  catalog: ({ folder }) => readCatalogRecords(folder),
};

async function take<Name extends TaskName>({ task, given }: InspectionRequest<Name>): Promise<void> {
  try {
    send({ kind: "done", result: await program[task](given) });
  } catch (error) {
    const code = error instanceof OmenError ? error.code : undefined;
    send({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
  }
}

process.on("message", (request) => {
  // From the process that started this one, which sends nothing else.
  void take(request as InspectionRequest);
});
process.on("disconnect", () => process.exit());
send({ kind: "ready" });
