// Reading the body of a request: bounded before and after it is decompressed, so that a small bomb stays small.

import { Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { HttpRequest } from "./http-exchange.js";
import { HttpError } from "./http-error.js";

const decompressors: Readonly<Record<string, () => Transform>> = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  ...zstd(),
};

/** A frame of zstd may ask for a window of gigabytes; those of up to 8 MiB are what encoders make by themselves. */
const zstdWindowLogMax = 23;

/** From Node 22.15 on. */
function zstd(): Readonly<Record<string, () => Transform>> {
  // The declarations are those of the oldest Node.
  const { createZstdDecompress: create, constants } = zlib as unknown as {
    readonly createZstdDecompress?: (options: {
      readonly params: Readonly<Record<number, number>>;
    }) => Transform;
    readonly constants: { readonly ZSTD_d_windowLogMax: number };
  };
  if (create === undefined) return {};
  return { zstd: () => create({ params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLogMax } }) };
}

/** What a body may take. */
export interface BodyLimits {
  /** After decompression. */
  readonly bytesMax: number;
  /** Takes room for bytes that came; false where there is none. */
  readonly take: (bytes: number) => boolean;
}

/** The whole body, decompressed; empty where there is none. Throws HttpError 400, 413, 415, or 503 where there is no room. */
export async function readBody(request: HttpRequest, { bytesMax, take }: BodyLimits): Promise<Buffer> {
  if (request.body === undefined) return Buffer.alloc(0);
  const length = Number(request.header("content-length") ?? 0);
  if (length > bytesMax) throw tooLarge(bytesMax);
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  try {
    for await (const chunk of decompressed(request.body, request.header("content-encoding"))) {
      byteCount += chunk.byteLength;
      if (byteCount > bytesMax) throw tooLarge(bytesMax);
      if (!take(chunk.byteLength)) throw noRoom();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, `The body could not be read: ${error instanceof Error ? error.message : ""}`);
  }
  return chunks.length === 1 ? Buffer.from(chunks[0]!) : Buffer.concat(chunks, byteCount);
}

function decompressed(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
): AsyncIterable<Uint8Array> {
  if (encoding === undefined || encoding === "identity") return body;
  const create = Object.hasOwn(decompressors, encoding) ? decompressors[encoding] : undefined;
  if (create === undefined) {
    throw new HttpError(
      415,
      `Content-Encoding ${encoding} is not one of ${Object.keys(decompressors).join(", ")}`,
    );
  }
  const decompressor = create();
  const source = Readable.from(body);
  source.on("error", (error) => decompressor.destroy(error));
  return source.pipe(decompressor);
}

function tooLarge(bytesMax: number): HttpError {
  return new HttpError(413, `The body has more than ${bytesMax} bytes`, { connection: "close" });
}

function noRoom(): HttpError {
  return new HttpError(503, "Too many bytes of bodies are under way; try again later", {
    "retry-after": "1",
    connection: "close",
  });
}
