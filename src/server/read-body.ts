// Reading the body of a request: bounded before and after it is decompressed, so that a small bomb stays small.

import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { HttpRequest } from "./http-exchange.js";
import { HttpError } from "./http-error.js";

const decompressors = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

/** The whole body, decompressed; empty where there is none. Throws HttpError 400, 413 or 415. */
export async function readBody(request: HttpRequest, bytesMax: number): Promise<Buffer> {
  if (request.body === undefined) return Buffer.alloc(0);
  const length = Number(request.header("content-length") ?? 0);
  if (length > bytesMax) throw tooLarge(bytesMax);
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  try {
    for await (const chunk of decompressed(request.body, request.header("content-encoding"))) {
      byteCount += chunk.byteLength;
      if (byteCount > bytesMax) throw tooLarge(bytesMax);
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
  if (!Object.hasOwn(decompressors, encoding)) {
    throw new HttpError(
      415,
      `Content-Encoding ${encoding} is not one of ${Object.keys(decompressors).join(", ")}`,
    );
  }
  // It is one of the keys.
  const decompressor = decompressors[encoding as keyof typeof decompressors]();
  const source = Readable.from(body);
  source.on("error", (error) => decompressor.destroy(error));
  return source.pipe(decompressor);
}

function tooLarge(bytesMax: number): HttpError {
  return new HttpError(413, `The body has more than ${bytesMax} bytes`, { connection: "close" });
}
