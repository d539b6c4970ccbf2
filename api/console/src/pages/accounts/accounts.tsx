/** The accounts that fit the filters of the address, as far down as one wants to read. */
import { useEffect, useState } from "preact/hooks";

import { PortfolioAccountsDocument, type AccountFilter, type AccountOrder, type Band, type PortfolioAccountsQuery } from "../../generated/operations";
import { Asked } from "../../parts/asked";
import { useChoices, type Choices } from "../../parts/address";
import { Choice } from "../../parts/choice";
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
      <Choice name="order" title={text.order} all={text.orders.name} options={[["worst", text.orders.worst], ["best", text.orders.best], ["longest", text.orders.longest], ["newest", text.orders.newest]]} {...given} />
    </form>
  );
}

/** Pages one below the other; each is asked for with the cursor of the one before, and stays live. */
function List({ choices }: { choices: Choices }) {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [pages, setPages] = useState<readonly Page[]>([]);
  const put = (index: number) => (page: Page) => setPages((before) => Object.assign([...before], { [index]: page }));
  const shown = pages.reduce((sum, page) => sum + page.nodes.length, 0);
  const last = pages[cursors.length - 1];
  const next = last?.pageInfo.hasNextPage ? last.pageInfo.endCursor : null;
  return (
    <section aria-label={words.pages.accounts} class="list">
      <header>
        <p class="hint" role="status">{pages[0] === undefined ? words.states.loading : words.states.ofTotal(count(shown), count(pages[0].totalCount ?? 0))}</p>
        <button type="button" class="tool" disabled={shown === 0} aria-label={words.charts.csvOf(words.pages.accounts)} onClick={() => saveAccounts(pages.flatMap((page) => page.nodes))}>{words.charts.csv}</button>
      </header>
      {pages[0] !== undefined && shown === 0 && <p>{text.none}</p>}
      <AccountTable isEmpty={shown === 0}>
        {cursors.map((after, index) => <OnePage key={after} choices={choices} after={after} put={put(index)} />)}
      </AccountTable>
      {next != null && <button type="button" class="more" onClick={() => setCursors([...cursors, next])}>{words.states.more}</button>}
    </section>
  );
}

function OnePage({ choices, after, put }: { choices: Choices; after: string | null; put: (page: Page) => void }) {
  const [state, again] = useReport(PortfolioAccountsDocument, { filter: filterOf(choices), order: orderOf(choices), first: PAGE, after });
  useEffect(() => {
    if (state.data !== undefined) put(state.data.accounts);
  }, [state.data]);
  if (state.data !== undefined) return <AccountRows accounts={state.data.accounts.nodes} />;
  return (
    <tbody>
      <tr><td colSpan={7}><Asked state={state} again={again}>{() => null}</Asked></td></tr>
    </tbody>
  );
}

function filterOf(choices: Choices): AccountFilter {
  const several = (name: string) => (choices[name] ? choices[name].split(",") : null);
  return {
    segments: several("segment"),
    stages: several("stage"),
    bands: several("band") as Band[] | null,
    csms: several("csm"),
    search: choices.search || null,
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
