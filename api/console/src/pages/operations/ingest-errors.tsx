/** Rows that came in and were refused: filtered by the address, the last refused first, each with what is wrong and what it said. */
import { IngestErrorsDocument } from "../../generated/documents/ingest-errors";
import type { IngestErrorFilter, IngestErrorsQuery, IngestKind } from "../../generated/operations";
import { count, instant } from "../../formats";
import { useChoices, type Choices } from "../../parts/address";
import { Asked } from "../../parts/asked";
import { Choice } from "../../parts/choice";
import { csvOf, save } from "../../parts/csv";
import { OnePage, usePages } from "../../parts/pages";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { OneAccount, Written } from "../audit/records";
import { periodOf } from "../audit/filter";
import { Day } from "../portfolio/filters";

type Page = IngestErrorsQuery["ingestErrors"];
type Row = Page["nodes"][number];
type Given = { choices: Choices; choose: (name: string, value: string) => void };
const text = words.operations.ingest;

export default function IngestErrors() {
  const [choices, choose] = useChoices();
  return (
    <>
      <div class="page-head">
        <h1>{text.title}</h1>
        <Filters choices={choices} choose={choose} />
      </div>
      <p class="about">{text.about}</p>
      <List key={JSON.stringify(choices)} choices={choices} />
    </>
  );
}

function Filters({ choices, choose }: Given) {
  const given = { choices, choose };
  return (
    <form class="filters" role="search" aria-label={words.portfolio.filters} onSubmit={(event) => event.preventDefault()}>
      {choices.account && <OneAccount id={choices.account} leave={() => choose("account", "")} />}
      <Choice name="state" title={text.state} options={[["open", text.open], ["resolved", text.resolved]]} {...given} />
      <Choice name="kind" title={words.audit.kind} options={Object.entries(text.kinds)} {...given} />
      <Choice name="code" title={text.code} options={Object.entries(text.codes)} {...given} />
      <Written name="source" title={text.source} {...given} />
      <Day name="since" title={words.portfolio.from} {...given} />
      <Day name="before" title={words.portfolio.to} {...given} />
    </form>
  );
}

function filterOf(choices: Choices): IngestErrorFilter {
  return {
    kind: (choices.kind as IngestKind | undefined) ?? null,
    source: choices.source ?? null,
    code: choices.code ?? null,
    accountId: choices.account ?? null,
    isResolved: choices.state === undefined ? null : choices.state === "resolved",
    refused: periodOf(choices),
  };
}

function List({ choices }: { choices: Choices }) {
  const { cursors, pages, shown, total, isWaiting, put, more } = usePages<Page>();
  return (
    <section class="list" aria-label={text.title}>
      <header>
        <p class="hint" role="status">{isWaiting ? words.states.loading : words.states.ofTotal(count(shown), count(total))}</p>
        <button type="button" class="tool" disabled={shown === 0} aria-label={words.charts.csvOf(text.title)} onClick={() => saveRows(pages.flatMap((page) => page.nodes))}>{words.charts.csv}</button>
      </header>
      {!isWaiting && shown === 0 && <p>{text.none}</p>}
      <ol class="records">
        {cursors.map((after, index) => <Rows key={after} choices={choices} after={after} put={put(index)} />)}
      </ol>
      {more !== null && <button type="button" class="more" onClick={more}>{words.states.more}</button>}
    </section>
  );
}

function Rows({ choices, after, put }: { choices: Choices; after: string | null; put: (page: Page) => void }) {
  const [state, again] = useQuery(IngestErrorsDocument, { filter: filterOf(choices), after });
  const waiting = <li><Asked state={state} again={again}>{() => null}</Asked></li>;
  return <OnePage page={state.data?.ingestErrors} put={put} waiting={waiting}>{(page) => <>{page.nodes.map((row) => <Refused key={row.id} row={row} />)}</>}</OnePage>;
}

function Refused({ row }: { row: Row }) {
  return (
    <li class="record refused-row">
      <div class="when">
        <time dateTime={row.refusedAt}>{instant(row.refusedAt)}</time>
        {row.times > 1 && <span class="hint"> {text.times(count(row.times), instant(row.firstRefusedAt))}</span>}
      </div>
      <div>
        <p class="who">
          <About row={row} /> <span class="tag">{text.kinds[row.kind]}</span>{" "}
          {row.resolvedAt !== null && <span class="badge healthy">{text.resolvedAt(instant(row.resolvedAt))}</span>}{" "}
          <span class="hint">{text.place(row.source, count(row.row))}</span>
        </p>
        <ul class="plain">
          {row.issues.map((issue, index) => <li key={index} class="sentence">{issue.path.length > 0 && <code>{issue.path.join(".")}</code>} {issue.message}</li>)}
        </ul>
        <details>
          <summary>{text.content}</summary>
          <pre class="sent" tabIndex={0}>{row.content}{row.isCut && "…"}</pre>
        </details>
      </div>
    </li>
  );
}

function About({ row }: { row: Row }) {
  const named = row.accountKey ?? text.unnamed;
  return (
    <strong>
      {row.accountId === null ? named : <a href={`/accounts/${encodeURIComponent(row.accountId)}`}>{row.accountKey ?? words.pages.account}</a>}
      {row.subject !== null && <> · {row.subject}</>}
    </strong>
  );
}

function saveRows(rows: readonly Row[]): void {
  const titles = [text.last, text.first, text.often, text.resolved, words.audit.kind, text.source, text.row, words.pages.account, text.subject, text.path, text.code, text.message, text.content];
  const lines = rows.flatMap((row) =>
    row.issues.map((issue) => [
      row.refusedAt, row.firstRefusedAt, row.times, row.resolvedAt, text.kinds[row.kind], row.source, row.row, row.accountKey, row.subject, issue.path.join("."), issue.code, issue.message, row.content,
    ]),
  );
  save("ingest-errors.csv", csvOf(titles, lines));
}
