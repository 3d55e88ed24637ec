// The data set that a command line asks for.

import { defaultCacheFolder, openDataSet } from "./data-set-cache.js";
import type { DataSet, DataSetRequest } from "./data-set.js";
import { DataUnavailable } from "./data-sets/data-source.js";
import { sourceNamed } from "./data-sets/sources.js";

/** Where sets come from, and where they are kept. */
export const dataFolderDefaults = {
  "data-folder": "../shared/data/wordnet-use-512",
  "cache-folder": defaultCacheFolder,
};

/** What of a command line speaks of the set. */
export interface DataSetArguments extends Readonly<typeof dataFolderDefaults> {
  readonly data: string;
  readonly n: number;
  readonly dimension: number;
  readonly queries: number;
  readonly seed: number;
}

/** The request for it, with the dimension and no more queries than the set has. Throws DataUnavailable if there is none of its name. */
export function dataSetRequest(settings: DataSetArguments): DataSetRequest {
  const source = sourceNamed(settings.data);
  return {
    name: settings.data,
    n: settings.n,
    dimension: source.dimension ?? settings.dimension,
    queryCount: Math.min(settings.queries, source.queryCountMax),
    seed: settings.seed,
    dataFolder: settings["data-folder"],
    cacheFolder: settings["cache-folder"],
  };
}

/** Opens it. Ends the process, saying why, where it is not on this machine. */
export async function openAskedDataSet(settings: DataSetArguments): Promise<DataSet> {
  try {
    return await openDataSet(dataSetRequest(settings));
  } catch (error) {
    if (!(error instanceof DataUnavailable)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}
