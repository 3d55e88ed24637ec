// What must not outlive the process, such as a mounted disk: removed also where the process is interrupted or fails.

const removals = new Set<() => void>();
let isWatching = false;

/** Calls `remove` when the process ends, unless that was taken back by calling what is returned. SIGKILL prevents it. */
export function removeAtExit(remove: () => void): () => void {
  removals.add(remove);
  if (!isWatching) watch();
  return () => removals.delete(remove);
}

function watch(): void {
  isWatching = true;
  process.once("exit", () => {
    for (const remove of removals) remove();
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
}
