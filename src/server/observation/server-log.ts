// Where the server writes what happens. The interface is the part of pino's that is needed, so that any logger of that form will do;
// the server itself loads none.

/** Writes lines of a log: fields and a sentence. Keys, vectors and payloads are never among the fields. */
export interface ServerLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => undefined;

/** Writes nothing but faults of ours, as warnings of the process: those must not be lost. */
export const quietLog: ServerLog = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: (fields, message) => {
    if ("stack" in fields) process.emitWarning(`${message}: ${String(fields.stack)}`, "OmenDBWarning");
  },
};
