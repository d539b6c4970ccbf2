/** The history of all accounts: filtered by the address, newest first, each record with the way to its evidence. */
import { AuditAccountDocument, AuditHistoryDocument, AuditSegmentsDocument } from "../../generated/documents/audit";
import type { AuditHistoryQuery, AuditRowFragment, Cause, HistoryOrder, RecordKind } from "../../generated/operations";
import { count, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { useChoices, type Choices } from "../../parts/address";
import { Choice, type Option } from "../../parts/choice";
import { OnePage, usePages } from "../../parts/pages";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { Day } from "../portfolio/filters";
import { Download } from "./download";
import { Export } from "./export";
import { filterOf } from "./filter";
import { AuditFrame } from "./frame";

type Page = AuditHistoryQuery["history"];
type Given = { choices: Choices; choose: (name: string, value: string) => void };
const text = words.audit;

export default function Records() {
  const [choices, choose] = useChoices();
  return (
    <AuditFrame>
      <Filters choices={choices} choose={choose} />
      <Download accountId={choices.account} />
      <List key={JSON.stringify(choices)} choices={choices} />
    </AuditFrame>
  );
}

function Filters({ choices, choose }: Given) {
  const [{ data }] = useQuery(AuditSegmentsDocument, {});
  const given = { choices, choose };
  const segments = data?.segments ?? [];
  const stages = [...new Map(segments.flatMap((each) => each.machine.stages).map((each) => [each.key, each.title] as const))];
  return (
    <form class="filters" role="search" aria-label={words.portfolio.filters} onSubmit={(event) => event.preventDefault()}>
      {choices.account && <OneAccount id={choices.account} leave={() => choose("account", "")} />}
      <Choice name="segment" title={words.portfolio.segment} options={segments.map((each): Option => [each.key, each.title])} {...given} />
      <Choice name="kind" title={text.kind} options={Object.entries(words.kinds)} {...given} />
      <Choice name="cause" title={text.cause} options={Object.entries(words.causes)} {...given} />
      <Choice name="fromStage" title={text.fromStage} options={stages} {...given} />
      <Choice name="toStage" title={text.toStage} options={stages} {...given} />
      <Written name="actor" title={text.actor} {...given} />
      <Written name="transition" title={text.transition} {...given} />
      <Choice name="by" title={text.dated} all={text.effective} options={[["recorded", text.recorded]]} {...given} />
      <Day name="since" title={words.portfolio.from} {...given} />
      <Day name="before" title={words.portfolio.to} {...given} />
    </form>
  );
}

export function Written({ name, title, choices, choose }: Given & { name: string; title: string }) {
  return (
    <label>
      {title}
      <input type="search" value={choices[name] ?? ""} onChange={(event) => choose(name, event.currentTarget.value)} />
    </label>
  );
}

export function OneAccount({ id, leave }: { id: string; leave: () => void }) {
  const [{ data }] = useQuery(AuditAccountDocument, { id });
  return (
    <p class="chosen">
      {words.pages.account}: <strong>{data?.account?.name ?? "…"}</strong> <button type="button" class="tool" onClick={leave}>{text.allAccounts}</button>
    </p>
  );
}

function List({ choices }: { choices: Choices }) {
  const { cursors, shown, total, isWaiting, put, more } = usePages<Page>();
  return (
    <section class="list" aria-label={text.parts.records}>
      <header>
        <p class="hint" role="status">{isWaiting ? words.states.loading : words.states.ofTotal(count(shown), count(total))}</p>
        <Export filter={filterOf(choices)} order={orderOf(choices)} isEmpty={shown === 0} />
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
  const [state, again] = useQuery(AuditHistoryDocument, { filter: filterOf(choices), order: orderOf(choices), after });
  const waiting = <li><Asked state={state} again={again}>{() => null}</Asked></li>;
  return <OnePage page={state.data?.history} put={put} waiting={waiting}>{(page) => <>{page.nodes.map((row) => <Record key={row.id} row={row} />)}</>}</OnePage>;
}

function orderOf(choices: Choices): HistoryOrder {
  return { field: choices.by === "recorded" ? "RECORDED_AT" : "EFFECTIVE_AT", descending: true };
}

/** One record in words; when it was written down is said where that was later than when it took effect. */
export function Record({ row, isAlone }: { row: AuditRowFragment; isAlone?: boolean }) {
  const isLate = Date.parse(row.recordedAt) - Date.parse(row.effectiveAt) > 60_000;
  return (
    <li class={`record kind-${row.kind.toLowerCase()}`}>
      <div class="when">
        <time dateTime={row.effectiveAt}>{instant(row.effectiveAt)}</time>
        {isLate && <span class="hint"> {text.writtenAt(instant(row.recordedAt))}</span>}
      </div>
      <div>
        <p class="who">
          <strong><a href={`/accounts/${encodeURIComponent(row.accountId)}`}>{row.account?.name ?? text.gone}</a></strong>{" "}
          <span class="tag">{words.kinds[row.kind as RecordKind]}</span> <span class="tag">{words.causes[row.cause as Cause]}</span>
          {row.actor !== null && <span class="hint"> {row.onBehalfOf === null ? row.actor : text.onBehalf(row.actor, row.onBehalfOf)}</span>}
        </p>
        <p class="sentence">{row.sentence}</p>
      </div>
      {!isAlone && <a class="button" href={decisionOf(row.accountId, row.seq)} aria-label={text.evidenceOf(row.account?.name ?? "", row.seq)}>{text.evidence}</a>}
    </li>
  );
}

export function decisionOf(accountId: string, seq: number): string {
  return `/audit/records/${encodeURIComponent(accountId)}/${seq}`;
}
