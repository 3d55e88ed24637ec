// Notes that an index asked for a vector that the store no longer has: the commit that removed it shows already.

/** Set by the reader of originals, looked at and reset around each search; both happen in one turn. */
export interface MissingOriginals {
  isMissing: boolean;
}
