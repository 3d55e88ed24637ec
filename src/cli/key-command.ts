// `omendb key`: makes an API key and what stands in a key file for it. The key itself is shown this once.

import { createHash, randomBytes } from "node:crypto";
import type { CliCommand } from "./command.js";
import { wrongOption } from "./option-values.js";

const accesses: readonly string[] = ["read", "write", "manage"];
const keyBytes = 32;

export const keyCommand: CliCommand = {
  name: "key",
  summary: "Makes an API key, and the entry of a key file for it.",
  arguments: [],
  options: [
    { name: "name", value: "name", summary: "what logs call it" },
    { name: "access", value: "access", summary: "read, write or manage (default manage)" },
    {
      name: "collections",
      value: "names",
      summary: "the collections it is good for, joined by commas (default all)",
    },
  ],
  run: (call) => {
    const [name, access, collections] = [
      call.option("name"),
      call.option("access"),
      call.option("collections"),
    ];
    if (access !== undefined && !accesses.includes(access))
      throw wrongOption("access", access, `One of ${accesses.join(", ")} is needed.`);
    const key = randomBytes(keyBytes).toString("base64url");
    const entry = {
      sha256: createHash("sha256").update(key).digest("hex"),
      ...(name === undefined ? {} : { name }),
      ...(access === undefined ? {} : { access }),
      ...(collections === undefined ? {} : { collections: collections.split(",") }),
    };
    const text = `key: ${key}\nentry of the key file: ${JSON.stringify(entry)}`;
    return Promise.resolve({ json: { key, entry }, text });
  },
};
