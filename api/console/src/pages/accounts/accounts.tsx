/** The accounts that fit the filters of the address, as far down as one wants to read. */
import { PortfolioAccountsDocument } from "../../generated/documents/accounts";
import type { AccountFilter, AccountOrder, Band, PortfolioAccountsQuery } from "../../generated/operations";
import { Asked } from "../../parts/asked";
import { useChoices, type Choices } from "../../parts/address";
import { Choice } from "../../parts/choice";
import { OnePage, usePages } from "../../parts/pages";
import { count } from "../../formats";
import { words } from "../../words";
import { useCsms } from "../portfolio/filters";
import { WithJourneys, stagesOf, useJourneys } from "../portfolio/journeys";
import { Live, useReport } from "../portfolio/report";
import { AccountRows, AccountTable, saveAccounts } from "./account-table";

type Page = PortfolioAccountsQuery["accounts"];
const PAGE = 50;
const BANDS: Band[] = ["HEALTHY", "NEUTRAL", "AT_RISK"];
const text = words.portfolio;

export default function Accounts() {
  const [choices, choose] = useChoices();
  return (
    <WithJourneys>
      <Live>
        <div class="page-head">
          <h1>{words.pages.accounts}</h1>
          <AccountFilters choices={choices} choose={choose} />
        </div>
        <List key={JSON.stringify(choices)} choices={choices} />
      </Live>
    </WithJourneys>
  );
}

function AccountFilters({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  const journeys = useJourneys();
  const csms = useCsms(choices.csm);
  const given = { choices, choose };
  return (
    <form class="filters" role="search" aria-label={text.filters} onSubmit={(event) => event.preventDefault()}>
      <label>
        {text.search}
        <input type="search" placeholder={text.searchHint} value={choices.search ?? ""} onChange={(event) => choose("search", event.currentTarget.value)} />
      </label>
      <Choice name="segment" title={text.segment} options={journeys.segments.map((each) => [each.key, each.title])} {...given} />
      <Choice name="stage" title={text.stage} options={stagesOf(journeys, choices.segment).map((each) => [each.key, each.title])} {...given} />
      <Choice name="band" title={text.band} options={BANDS.map((band) => [band, words.bands[band]])} {...given} />
      <Choice name="csm" title={text.csm} options={csms} {...given} />
      {choices.behind && <p class="chosen">{text.counted} <button type="button" class="tool" onClick={() => choose("behind", "")}>{words.audit.allAccounts}</button></p>}
      <Choice name="order" title={text.order} all={text.orders.name} options={[["worst", text.orders.worst], ["best", text.orders.best], ["longest", text.orders.longest], ["newest", text.orders.newest]]} {...given} />
    </form>
  );
}

function List({ choices }: { choices: Choices }) {
  const { cursors, pages, shown, total, isWaiting, put, more } = usePages<Page>();
  return (
    <section aria-label={words.pages.accounts} class="list">
      <header>
        <p class="hint" role="status">{isWaiting ? words.states.loading : words.states.ofTotal(count(shown), count(total))}</p>
        <button type="button" class="tool" disabled={shown === 0} aria-label={words.charts.csvOf(words.pages.accounts)} onClick={() => saveAccounts(pages.flatMap((page) => page.nodes))}>{words.charts.csv}</button>
      </header>
      {!isWaiting && shown === 0 && <p>{text.none}</p>}
      <AccountTable isEmpty={shown === 0}>
        {cursors.map((after, index) => <Rows key={after} choices={choices} after={after} put={put(index)} />)}
      </AccountTable>
      {more !== null && <button type="button" class="more" onClick={more}>{words.states.more}</button>}
    </section>
  );
}

function Rows({ choices, after, put }: { choices: Choices; after: string | null; put: (page: Page) => void }) {
  const [state, again] = useReport(PortfolioAccountsDocument, { filter: filterOf(choices), order: orderOf(choices), first: PAGE, after });
  const waiting = <tbody><tr><td colSpan={7}><Asked state={state} again={again}>{() => null}</Asked></td></tr></tbody>;
  return <OnePage page={state.data?.accounts} put={put} waiting={waiting}>{(page) => <AccountRows accounts={page.nodes} />}</OnePage>;
}

function filterOf(choices: Choices): AccountFilter {
  const several = (name: string) => (choices[name] ? choices[name].split(",") : null);
  return {
    segments: several("segment"),
    stages: several("stage"),
    bands: several("band") as Band[] | null,
    csms: several("csm"),
    search: choices.search || null,
    behind: choices.behind || null,
  };
}

const ORDERS: Readonly<Record<string, AccountOrder>> = {
  worst: { field: "HEALTH_SCORE", descending: false },
  best: { field: "HEALTH_SCORE", descending: true },
  longest: { field: "ENTERED_AT", descending: false },
  newest: { field: "ENTERED_AT", descending: true },
};

function orderOf(choices: Choices): AccountOrder | null {
  return ORDERS[choices.order ?? ""] ?? null;
}
