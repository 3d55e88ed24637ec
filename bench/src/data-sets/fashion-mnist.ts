// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017), raw pixels, as ann-benchmarks has it: 60,000 training images are the
// rows, test images the queries. IDX files as Debian's package dataset-fashion-mnist installs them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DataUnavailable, vectorsInMemory, type DataSource, type SourceVectors } from "./data-source.js";

const dimension = 784;
const rowCount = 60_000;
const queryCount = 10_000;
const folder = "/usr/share/datasets/fashion-mnist";

export const fashionMnist: DataSource = {
  name: "fashion-mnist",
  title: "Fashion-MNIST, raw pixels of images",
  metric: "euclidean",
  dimension,
  rowCountMax: rowCount,
  queryCountMax: queryCount,
  version: 1,
  open: () => Promise.resolve().then(readVectors),
};

function readVectors(): SourceVectors {
  if (!existsSync(folder)) {
    throw new DataUnavailable(
      `${folder} is missing. On Debian and Ubuntu: apt-get install dataset-fashion-mnist`,
    );
  }
  return vectorsInMemory(
    readImages("train-images-idx3-ubyte.gz", rowCount),
    readImages("t10k-images-idx3-ubyte.gz", queryCount),
    dimension,
  );
}

/** IDX: a magic number, then count, height and width, each 32 bits and big-endian, then a byte a pixel. */
function readImages(name: string, count: number): Float32Array {
  const bytes = gunzipSync(readFileSync(join(folder, name)));
  const header = [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at));
  if (header.join(" ") !== `2051 ${count} 28 28`) {
    throw new Error(`${name} has the header ${header.join(" ")}, not that of ${count} images of 28 × 28.`);
  }
  return Float32Array.from(bytes.subarray(16, 16 + count * dimension));
}
