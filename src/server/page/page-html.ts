// The page at `/`: what runs, how to connect, and a search in the browser. One file without anything from elsewhere, and with a policy
// that lets it load nothing else.

import { createHash } from "node:crypto";
import type { HttpResponse } from "../http-exchange.js";

const style = `
:root { color-scheme: light dark; --faint: color-mix(in srgb, currentColor 60%, transparent); --line: color-mix(in srgb, currentColor 18%, transparent); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; }
.faint { color: var(--faint); }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1.5rem 0 0; }
input, select, button { font: inherit; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; min-width: 0; }
select { background: Canvas; }
#told { margin-top: .6rem; }
#text { flex: 1 1 16rem; }
button { background: #2457d6; border-color: #2457d6; color: #fff; cursor: pointer; }
:focus-visible { outline: 2px solid #2457d6; outline-offset: 2px; }
ol { list-style: none; margin: .75rem 0 0; padding: 0; }
li { display: grid; grid-template-columns: 4rem 1fr; gap: .75rem; padding: .6rem 0; border-top: 1px solid var(--line); }
li > span { font-variant-numeric: tabular-nums; color: var(--faint); }
li p { overflow-wrap: anywhere; }
.alike { background: none; border: 0; padding: 0; color: inherit; font-weight: 600; text-align: left; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .2em; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; font-weight: normal; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); }
th { color: var(--faint); border-top: 0; }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .4rem; font-size: .875rem; margin: .5rem 0; }
[hidden] { display: none; }
`;

const script = `
const by = (id) => document.getElementById(id);
const key = { value: "" };
async function ask(path, body) {
  const headers = { "content-type": "application/json" };
  if (key.value !== "") headers["api-key"] = key.value;
  const response = await fetch("omendb/page/" + path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  by("key-row").hidden = response.status !== 401;
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
function make(name, text, more) {
  const made = document.createElement(name);
  made.textContent = text;
  return Object.assign(made, more);
}
function tell(text) { by("told").textContent = text; }
function shownValue(value) { return typeof value === "string" ? value : Array.isArray(value) ? value.map(shownValue).join(", ") : JSON.stringify(value); }
async function load() {
  const { version, collections, canEmbed } = await ask("state", {});
  by("version").textContent = "Version " + version;
  const rows = collections.map(({ name, points, fields }) => {
    const row = document.createElement("tr");
    const vectors = fields.map((field) => (field.name === "" ? "" : field.name + ": ") + field.dimension + " × " + field.metric).join(", ");
    row.append(make("td", name), make("td", points.toLocaleString("en")), make("td", vectors));
    return row;
  });
  by("collections").replaceChildren(...rows);
  by("none").hidden = collections.length > 0;
  by("table").hidden = collections.length === 0;
  by("collection").replaceChildren(...collections.map(({ name }) => make("option", name, { value: name })));
  by("collection").hidden = collections.length < 2;
  by("form").hidden = collections.length === 0;
  by("text").placeholder = canEmbed ? "Describe what you look for" : "The id of a point, to find those like it";
  by("form").dataset.by = canEmbed ? "text" : "id";
}
async function search(request) {
  tell("Searching …");
  const { hits, milliseconds } = await ask("search", { collection: by("collection").value, ...request });
  const times = Object.entries(milliseconds).map(([what, time]) => what + " " + time.toFixed(1) + " ms").join(", ");
  tell(hits.length === 0 ? "Nothing was found." : hits.length + (hits.length === 1 ? " hit: " : " hits: ") + times);
  by("hits").replaceChildren(...hits.map(({ id, score, metadata }) => {
    const item = document.createElement("li");
    const body = document.createElement("div");
    const [first, ...rest] = Object.values(metadata);
    const title = make("button", first === undefined ? id : shownValue(first), { className: "alike", type: "button", title: "Find points like " + id });
    title.addEventListener("click", () => run({ id }));
    body.append(title, ...rest.map((value) => make("p", shownValue(value))));
    item.append(make("span", score.toFixed(3)), body);
    return item;
  }));
}
function run(request) { search(request).catch((error) => tell(error.message)); }
by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = by("text").value.trim();
  if (text !== "") run({ [by("form").dataset.by]: text });
});
by("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  key.value = by("key").value;
  load().catch((error) => tell(error.message));
});
by("address").textContent = location.origin;
for (const place of document.querySelectorAll(".address")) place.textContent = location.origin;
load().catch((error) => tell(error.message));
`;

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OmenDB</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>OmenDB</h1>
<p class="faint"><span id="version"></span> at <span id="address"></span></p>
<div id="key-row" hidden>
<form id="key-form"><input id="key" type="password" autocomplete="off" aria-label="API key" placeholder="API key"><button>Connect</button></form>
</div>
<form id="form" role="search" hidden>
<select id="collection" aria-label="Collection"></select>
<input id="text" type="search" autocomplete="off" aria-label="Search">
<button>Search</button>
</form>
<p id="told" class="faint" role="status"></p>
<ol id="hits"></ol>
<h2>Collections</h2>
<p id="none" class="faint" hidden>There are none yet.</p>
<table id="table" hidden><thead><tr><th>name</th><th>points</th><th>vectors</th></tr></thead><tbody id="collections"></tbody></table>
<h2>Connect</h2>
<p>With the client of Qdrant, or whatever is built on it:</p>
<pre>import { QdrantClient } from "@qdrant/js-client-rest";
const client = new QdrantClient({ url: "<span class="address"></span>" });</pre>
<p>With OmenDB's own client, which has the interface of the embedded database:</p>
<pre>import { connect } from "omendb/client";
const db = await connect("<span class="address"></span>");</pre>
</main>
<script>${script}</script>
</body>
</html>
`;

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const policy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "img-src data:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** The page, as a response. It holds nothing that has to be protected: what it shows it asks for, with the key. */
export const pageResponse: HttpResponse = {
  status: 200,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  },
  body: html,
};
