// The page at `/` in a browser: headless Chromium of the machine. Where there is none the test says so and is skipped.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { open, type Database } from "omendb";
import { serve, type OmenServer, type ServeOptions } from "omendb/server";
import { chromium, type Page } from "playwright-core";

const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const skip = executablePath === undefined ? "there is no Chromium on this machine" : false;

/** Red, green and blue of a color's name, for the texts of this test. */
const colors: Readonly<Record<string, readonly number[]>> = {
  tomato: [255, 99, 71],
  brick: [178, 34, 34],
  navy: [0, 0, 128],
};

async function withPage(
  options: ServeOptions,
  use: (page: Page, server: OmenServer, db: Database) => Promise<void>,
): Promise<void> {
  const db = await open(":memory:");
  const server = await serve(db, { port: 0, ...options });
  const browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => void complaints.push(error.message));
    await use(page, server, db);
    // Responses of errors are told by the browser itself.
    assert.deepEqual(
      complaints.filter((text) => !text.startsWith("Failed to load resource")),
      [],
    );
  } finally {
    await browser.close();
    await server.close();
    await db.close();
  }
}

async function fill(db: Database): Promise<void> {
  const collection = await db.createCollection("colors", { dimension: 3, metric: "cosine" });
  const points = Object.entries(colors).map(([id, vector]) => ({
    id,
    vector,
    metadata: { name: `<b>${id}</b>` },
  }));
  await collection.upsert(points);
}

test("people see what runs, search by texts, and go on to what is alike", { skip }, () =>
  withPage({ embed: async (text) => colors[text] ?? [1, 1, 1] }, async (page, server, db) => {
    await fill(db);
    await page.goto(server.url);
    await page.locator("#collections td").first().waitFor();
    assert.deepEqual(await page.locator("#collections td").allTextContents(), ["colors", "3", "3 × cosine"]);
    assert.ok((await page.locator("pre").first().textContent())!.includes(`url: "${server.url}"`));
    await page.locator("#text").fill("tomato");
    await page.keyboard.press("Enter");
    await page.locator("#hits li").first().waitFor();
    // What stands in metadata is text, whatever it looks like.
    assert.deepEqual(await page.locator("#hits .alike").allTextContents(), [
      "<b>tomato</b>",
      "<b>brick</b>",
      "<b>navy</b>",
    ]);
    assert.match((await page.locator("#told").textContent())!, /^3 hits: embedding .* ms, searching .* ms$/u);
    await page.locator("#hits .alike").last().click();
    await page.locator("#hits .alike").first().getByText("navy").waitFor();
  }),
);

test("without a maker of vectors ids are searched for, and what is wrong is told", { skip }, () =>
  withPage({}, async (page, server, db) => {
    await fill(db);
    await page.goto(server.url);
    await page.locator("#text").fill("brick");
    await page.keyboard.press("Enter");
    await page.locator("#hits .alike").first().getByText("brick").waitFor();
    await page.locator("#text").fill("nothing");
    await page.keyboard.press("Enter");
    await page.locator("#told").getByText("There is no point nothing").waitFor();
  }),
);

test("a server with keys asks for one", { skip }, () =>
  withPage({ apiKeys: [{ key: "secret", access: "read" }] }, async (page, server, db) => {
    await fill(db);
    await page.goto(server.url);
    await page.locator("#key").fill("secret");
    await page.keyboard.press("Enter");
    await page.locator("#collections td").first().waitFor();
    assert.equal(await page.locator("#key-row").isHidden(), true);
  }),
);

test("clients that ask for JSON at the same address get it", async () => {
  const db = await open(":memory:");
  const server = await serve(db, { port: 0 });
  try {
    const body = (await (await fetch(server.url)).json()) as { readonly version: string };
    assert.match(body.version, /^1\.19\./u);
    const page = await fetch(server.url, { headers: { accept: "text/html,*/*" } });
    assert.match(page.headers.get("content-security-policy")!, /default-src 'none'/u);
  } finally {
    await server.close();
    await db.close();
  }
});
