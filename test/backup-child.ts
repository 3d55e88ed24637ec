// A process that is killed while it backs up or restores: says "begun", does it again and again, and never ends.

import { join } from "node:path";
import { open, restore } from "omendb";

/** What the child is told, as its first argument. */
export interface ChildTask {
  readonly kind: "backup" | "restore";
  readonly folder: string;
}

// Our own parent has written it.
const { kind, folder } = JSON.parse(process.argv[2]!) as ChildTask;
if (kind === "backup") {
  const db = await open(join(folder, "source"));
  const noise = await db.collection("noise");
  process.stdout.write("begun\n");
  let isOver = false;
  const backup = db
    .backup(join(folder, "killed"), { base: join(folder, "new") })
    .finally(() => (isOver = true));
  for (let i = 0; !isOver; i++) await noise.upsert([{ id: i % 100, vector: [i + 1] }]);
  await backup;
  await db.close();
} else {
  process.stdout.write("begun\n");
  await restore(join(folder, "new"), join(folder, "target"), { replace: true });
}
