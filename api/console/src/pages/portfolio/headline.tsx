/** The numbers that one looks at first, each with the accounts behind it. */
import type { ComponentChildren } from "preact";

import { CtaAgeingDocument, PortfolioHealthDocument, PortfolioPaceDocument, RenewalsAheadDocument, StandingDocument } from "../../generated/documents/portfolio";
import type { Band } from "../../generated/operations";
import { count, money, percent } from "../../formats";
import type { Choices } from "../../parts/address";
import { words } from "../../words";
import { useJourneys } from "./journeys";
import { useReport } from "./report";
import { accountsOf, countedBy, isPast, scopeOf, scopeOfToday, through, widened } from "./scope";

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
  const behind = (told: string) => (rows?.[0] === undefined ? told : <a href={countedBy(widened(rows[0].address, "segment", "stage"))}>{told}</a>);
  return (
    <>
      <Number title={words.portfolio.accounts} value={accounts === undefined ? WAITING : behind(count(accounts))} note={text.inStages} />
      <Number title={text.revenue} value={revenue === undefined ? WAITING : behind(money(revenue, currency))} note={known !== undefined && text.known(count(known))} />
    </>
  );
}

function Health({ choices }: { choices: Choices }) {
  const [{ data }] = useReport(PortfolioHealthDocument, { scope: scopeOf(choices) });
  const bands = data?.reports.health.flatMap((row) => row.bands);
  const sum = (band: Band) => bands?.filter((each) => each.band === band).reduce((all, each) => all + each.count, 0) ?? 0;
  const scored = bands?.filter((each) => each.band !== null).reduce((all, each) => all + each.count, 0) ?? 0;
  const behind = (band: Band) => {
    const address = bands?.find((each) => each.band === band)?.address;
    return address === undefined || !isPast(choices) ? accountsOf({ bands: [band] }, choices) : countedBy(widened(address, "segment", "stage"));
  };
  const number = (band: Band) => <a href={behind(band)}>{percent(scored === 0 ? 0 : sum(band) / scored)}</a>;
  const noteOf = (band: Band) => words.charts.outOf(count(sum(band)), count(scored));
  return (
    <>
      <Number title={words.bands.HEALTHY} value={bands === undefined ? WAITING : number("HEALTHY")} note={bands && noteOf("HEALTHY")} tone="is-healthy" />
      <Number title={words.bands.AT_RISK} value={bands === undefined ? WAITING : number("AT_RISK")} note={bands && noteOf("AT_RISK")} tone="is-at-risk" />
    </>
  );
}

/** What is kept for today alone says so where another date is chosen. */
function ofToday(note: string, choices: Choices): string {
  return isPast(choices) ? text.ofToday(note) : note;
}

function Pace({ choices }: { choices: Choices }) {
  const [{ data }] = useReport(PortfolioPaceDocument, { scope: scopeOfToday(choices) });
  const rows = data?.reports.pace;
  const sum = (field: "behind" | "stuck") => rows?.reduce((all, row) => all + row[field], 0) ?? 0;
  const behind = (field: "behind" | "stuck", told: string) => (rows?.[0] === undefined ? told : <a href={countedBy(widened(rows[0][`${field}Address`], "segment", "stage"))}>{told}</a>);
  return <Number title={text.stuck} value={rows === undefined ? WAITING : behind("stuck", count(sum("stuck")))} note={rows && behind("behind", ofToday(text.behind(count(sum("behind"))), choices))} tone="is-stuck" />;
}

function Work({ choices }: { choices: Choices }) {
  const [{ data }] = useReport(CtaAgeingDocument, { scope: scopeOf(choices) });
  const rows = data?.reports.ctas;
  const sum = (field: "open" | "overdue") => rows?.reduce((all, row) => all + row[field], 0) ?? 0;
  const behind = (field: "open" | "overdue", told: string) => (rows?.[0] === undefined ? told : <a href={countedBy(widened(rows[0][`${field}Address`], "reason", "owner"))}>{told}</a>);
  return <Number title={text.overdue} value={rows === undefined ? WAITING : behind("overdue", count(sum("overdue")))} note={rows && behind("open", text.ofOpen(count(sum("open"))))} />;
}

function Renewals({ choices }: { choices: Choices }) {
  const { currency } = useJourneys();
  const { from: _, to: __, ...ahead } = scopeOf(choices);
  const [{ data }] = useReport(RenewalsAheadDocument, { scope: ahead });
  const next = data?.reports.renewals.slice(0, 3);
  const accounts = next?.reduce((sum, row) => sum + row.count, 0) ?? 0;
  const revenue = next?.reduce((sum, row) => sum + (row.revenue ?? 0), 0) ?? 0;
  const [first, last] = [next?.[0], next?.at(-1)];
  const shown = first === undefined || last === undefined ? count(accounts) : <a href={countedBy(through(first.address, last.address))}>{count(accounts)}</a>;
  return <Number title={text.renewals} value={next === undefined ? WAITING : shown} note={next && money(revenue, currency)} />;
}
