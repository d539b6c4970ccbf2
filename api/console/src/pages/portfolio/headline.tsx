/** The numbers that one looks at first, each with the accounts behind it. */
import type { ComponentChildren } from "preact";

import { CtaAgeingDocument, PortfolioHealthDocument, PortfolioPaceDocument, RenewalsAheadDocument, StandingDocument } from "../../generated/documents/portfolio";
import type { Band } from "../../generated/operations";
import { count, money, percent } from "../../formats";
import type { Choices } from "../../parts/address";
import { words } from "../../words";
import { stageOf, useJourneys } from "./journeys";
import { useReport } from "./report";
import { accountsOf, addressOf, scopeOf } from "./scope";

const text = words.reports.headline;

export function Headline({ choices }: { choices: Choices }) {
  return (
    <dl class="headline">
      <Standing choices={choices} />
      <Health choices={choices} />
      <Pace choices={choices} />
      <Work choices={choices} />
      <Renewals choices={choices} />
    </dl>
  );
}

function Number(props: { title: string; value: ComponentChildren; note?: ComponentChildren; tone?: string }) {
  return (
    <div class={props.tone ?? ""}>
      <dt>{props.title}</dt>
      <dd>
        <span class="big">{props.value}</span>
        {props.note && <span class="hint">{props.note}</span>}
      </dd>
    </div>
  );
}

const WAITING = "…";

function Standing({ choices }: { choices: Choices }) {
  const { currency } = useJourneys();
  const [{ data }] = useReport(StandingDocument, { scope: scopeOf(choices) });
  const rows = data?.reports.stageDistribution;
  const accounts = rows?.reduce((sum, row) => sum + row.count, 0);
  const revenue = rows?.reduce((sum, row) => sum + (row.revenue ?? 0), 0);
  const known = rows?.reduce((sum, row) => sum + row.withRevenue, 0);
  return (
    <>
      <Number title={words.portfolio.accounts} value={accounts === undefined ? WAITING : <a href={accountsOf({}, choices)}>{count(accounts)}</a>} note={text.inStages} />
      <Number title={text.revenue} value={revenue === undefined ? WAITING : money(revenue, currency)} note={known !== undefined && text.known(count(known))} />
    </>
  );
}

function Health({ choices }: { choices: Choices }) {
  const [{ data }] = useReport(PortfolioHealthDocument, { scope: scopeOf(choices) });
  const bands = data?.reports.health.flatMap((row) => row.bands);
  const sum = (band: Band) => bands?.filter((each) => each.band === band).reduce((all, each) => all + each.count, 0) ?? 0;
  const scored = bands?.filter((each) => each.band !== null).reduce((all, each) => all + each.count, 0) ?? 0;
  const number = (band: Band) => <a href={accountsOf({ bands: [band] }, choices)}>{percent(scored === 0 ? 0 : sum(band) / scored)}</a>;
  return (
    <>
      <Number title={words.bands.HEALTHY} value={bands === undefined ? WAITING : number("HEALTHY")} note={bands && words.charts.outOf(count(sum("HEALTHY")), count(scored))} tone="is-healthy" />
      <Number title={words.bands.AT_RISK} value={bands === undefined ? WAITING : number("AT_RISK")} note={bands && words.charts.outOf(count(sum("AT_RISK")), count(scored))} tone="is-at-risk" />
    </>
  );
}

function Pace({ choices }: { choices: Choices }) {
  const journeys = useJourneys();
  const [{ data }] = useReport(PortfolioPaceDocument, { scope: scopeOf(choices) });
  const rows = data?.reports.pace.filter((row) => stageOf(journeys, row.segment, row.stage)?.isFinal !== true);
  const sum = (field: "behind" | "stuck") => rows?.reduce((all, row) => all + row[field], 0) ?? 0;
  return <Number title={text.stuck} value={rows === undefined ? WAITING : count(sum("stuck"))} note={rows && text.behind(count(sum("behind")))} tone="is-stuck" />;
}

function Work({ choices }: { choices: Choices }) {
  const [{ data }] = useReport(CtaAgeingDocument, { scope: scopeOf(choices) });
  const rows = data?.reports.ctas;
  const sum = (field: "open" | "overdue") => rows?.reduce((all, row) => all + row[field], 0) ?? 0;
  const href = addressOf("/my-day", {}, { overdue: "yes" });
  return <Number title={text.overdue} value={rows === undefined ? WAITING : <a href={href}>{count(sum("overdue"))}</a>} note={rows && text.ofOpen(count(sum("open")))} />;
}

function Renewals({ choices }: { choices: Choices }) {
  const { currency } = useJourneys();
  const { from: _, to: __, ...ahead } = scopeOf(choices);
  const [{ data }] = useReport(RenewalsAheadDocument, { scope: ahead });
  const next = data?.reports.renewals.slice(0, 3);
  const accounts = next?.reduce((sum, row) => sum + row.count, 0) ?? 0;
  const revenue = next?.reduce((sum, row) => sum + (row.revenue ?? 0), 0) ?? 0;
  return <Number title={text.renewals} value={next === undefined ? WAITING : count(accounts)} note={next && money(revenue, currency)} />;
}
