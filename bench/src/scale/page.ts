// The report of bench:scale as one HTML page, which says under which conditions every figure came about.

import { dataTable } from "../report/data-table.js";
import { escapeText } from "../report/markup.js";
import { definitions, keyFigures, renderPage } from "../report/page.js";
import { chartsOf } from "./charts.js";
import { searchColumns, storageColumns, type Column } from "./columns.js";
import { compareWithClaims } from "./earlier-claims.js";
import type { ScaleResults } from "./results.js";
import { warningsOf, type SetSummary, type SizeSummary } from "./summary.js";

/** Renders it. */
export function scalePage(results: ScaleResults, summaries: readonly SetSummary[]): string {
  const { conditions } = results;
  const day = conditions.date.slice(0, 10);
  return renderPage({
    title: "OmenDB: how it scales",
    subtitle: `Measured ${day} at commit ${conditions.commit} on ${conditions.processor.trim()}, ${conditions.cores} cores`,
    sections: [
      leadFigures(summaries[0]!),
      warningBox(warningsOf(results, summaries)),
      earlierClaims(summaries),
      ...summaries.map(setSection),
      howToRead(summaries[0]!),
      conditionsSection(results, summaries),
    ],
  });
}

const whole = (x: number): string => Math.round(x).toLocaleString("en");

/** The largest size of the first set, in large type. */
function leadFigures({ set, sizes, residentFit }: SetSummary): string {
  const size = sizes.at(-1)!;
  const searched = size.atTargets[1] ?? size.atTargets[0] ?? size.curve.at(-1)!;
  const recall = `recall ${searched.recall.toFixed(3)}`;
  const figures = [
    { value: whole(searched.p50Ms * 1000), unit: "µs", what: `a search, median, ${recall}` },
    { value: whole(searched.perSecond), unit: "/s", what: `searches, one after the other, ${recall}` },
    { value: whole(size.acknowledgedPerSecond), unit: "/s", what: "inserts acknowledged, durable" },
    { value: whole(size.linkedPerSecond), unit: "/s", what: "inserts until linked in the graph" },
    { value: whole(size.reopenMs), unit: "ms", what: "to reopen, first answer included" },
  ];
  if (Number.isFinite(size.residentBytes)) {
    const bytes = residentFit?.slope ?? size.residentBytes / size.n;
    const what = residentFit === undefined ? "resident a vector" : "resident for each further vector";
    figures.push({ value: whole(bytes), unit: "bytes", what });
  }
  const note = `${set.name}, ${size.n.toLocaleString("en")} × ${set.dimension}, ${set.metric}. All sizes, other data and conditions below.`;
  return `${keyFigures(figures)}<p class="note">${escapeText(note)}</p>`;
}

function warningBox(warnings: readonly string[]): string {
  if (warnings.length === 0) return "";
  const items = warnings.map((text) => `<li>${escapeText(text)}</li>`);
  return `<section class="warnings"><h2>To be read with care</h2><ul>${items.join("")}</ul></section>`;
}

function earlierClaims(summaries: readonly SetSummary[]): string {
  const compared = summaries.flatMap((summary) => {
    const rows = compareWithClaims(summary);
    return rows === undefined ? [] : [{ name: summary.set.name, rows }];
  });
  if (compared.length === 0) return "";
  const [first] = compared;
  const head = ["", "an earlier OmenDB claimed", ...compared.map(({ name }) => `measured here, ${name}`)].map(
    (text) => `<th scope="col">${escapeText(text)}</th>`,
  );
  const body = first!.rows.map(({ what, claimed }, i) => {
    const cells = [claimed, ...compared.map(({ rows }) => rows[i]!.measured)];
    return `<tr><th scope="row">${escapeText(what)}</th>${cells.map((cell) => `<td>${escapeText(cell)}</td>`).join("")}</tr>`;
  });
  return `<section><h2>What it answers</h2><p>An earlier OmenDB published figures for 5,000 to 25,000 vectors of 768 dimensions, on another machine, without their recall. The same sizes, with it:</p>
<div class="table words"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div></section>`;
}

function setSection(summary: SetSummary): string {
  const { set, sizes } = summary;
  const heading = `${set.name}, ${set.dimension} dimensions`;
  const about = `${set.title[0]!.toUpperCase()}${set.title.slice(1)}; ${set.metric}; ${whole(set.queryCount)} queries that are not among the rows.`;
  return `<section><h2>${escapeText(heading)}</h2><p>${escapeText(about)}</p>
<div class="figures">${chartsOf(summary).join("\n")}</div>
${tableOf(sizes, searchColumns(set))}
${tableOf(sizes, storageColumns)}
<p class="note">${escapeText(fitText(summary))}</p></section>`;
}

function tableOf(sizes: readonly SizeSummary[], columns: readonly Column[]): string {
  return dataTable({
    corner: "rows",
    columns,
    rows: sizes.map((size) => ({
      name: size.n.toLocaleString("en"),
      cells: columns.map(({ cell }) => cell(size)),
    })),
  });
}

/** How bytes grow, in words: the same on the page and on the terminal. */
export function fitText({ residentFit, diskFit }: SetSummary): string {
  const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const parts: string[] = [];
  if (residentFit !== undefined) {
    parts.push(`resident ≈ ${mebi(residentFit.fixed)} + ${whole(residentFit.slope)} bytes · n`);
  }
  if (diskFit !== undefined)
    parts.push(`on disk ≈ ${mebi(diskFit.fixed)} + ${whole(diskFit.slope)} bytes · n`);
  return parts.length === 0
    ? "One size: no fit of what is fixed and what grows."
    : `Least squares over the sizes: ${parts.join("; ")}.`;
}

function howToRead({ set }: SetSummary): string {
  const { parameter } = set.contender;
  const notes = [
    `Recall is the share of the ten exact nearest rows, found by comparing every row without OmenDB, that are among the ten hits. Latencies stand beside it, at the smallest ${parameter} of the sweep that reaches 0.95 and 0.99 when it is asked for, and at the default.`,
    "A search is one awaited call of the public API that gives ids and scores, one after the other, after a pass that warms up; no query comes twice in a row. Files are in the page cache.",
    "Acknowledged leaves out the time in which the benchmark reads its vectors; linked is by the clock and has it in it. Inserts come in columns of 1,000 with an id and three fields of metadata each.",
    "Resident is RssAnon and RssShmem of a fresh process after garbage collection, the data set left out. Pages of files are shown apart: the system takes them back when it needs memory.",
    "Distances a query counts comparisons of the query with rows by their codes; scores of the best on exact vectors come on top.",
    "Reopening is opening the folder again until the first search has answered, in the same process.",
  ];
  return `<section><h2>How to read this</h2><ul class="note">${notes.map((note) => `<li>${escapeText(note)}</li>`).join("")}</ul></section>`;
}

function conditionsSection(
  { conditions, repetitions, sets }: ScaleResults,
  summaries: readonly SetSummary[],
): string {
  const [set] = sets;
  const { contender, seed } = set!;
  const others = summaries.flatMap(({ sizes }) => sizes.flatMap((size) => size.others ?? []));
  const builds = [...new Set(sets.flatMap(({ runs }) => runs.map(({ details }) => details.build)))];
  return `<section><h2>Conditions</h2><p>Medians of ${repetitions} ${repetitions === 1 ? "repetition" : "repetitions"}, each size in a fresh process; every repetition is in the JSON file beside this page.</p>${definitions(
    [
      { name: "Command", value: conditions.command },
      {
        name: "Machine",
        value: `${conditions.processor.trim()}, ${conditions.cores} cores, ${(conditions.memoryBytes / 2 ** 30).toFixed(0)} GiB`,
      },
      { name: "System", value: `${conditions.system}, databases on ${conditions.fileSystem}` },
      { name: "Node.js", value: conditions.node },
      {
        name: "Measured",
        value: `${contender.name} ${contender.version} at ${conditions.commit}: ${contender.settings}`,
      },
      { name: "Kernels", value: builds.join(", ") },
      {
        name: "Data",
        value: sets
          .map(
            ({ name, dimension, runs }) =>
              `${name} × ${dimension} up to ${whole(Math.max(...runs.map(({ n }) => n)))} rows`,
          )
          .join("; "),
      },
      { name: "Seed", value: String(seed) },
      {
        name: "CPU of others",
        value:
          others.length === 0
            ? "unknown on this system"
            : `at most ${(Math.max(...others) * 100).toFixed(1)} % of the machine during a run`,
      },
      { name: "Date", value: conditions.date },
    ],
  )}</section>`;
}
