/** Which measures and time zones are missing, outdated or unknown, and so hold transitions back or count days of UTC. */
import { DataGapsDocument } from "../../../generated/documents/portfolio";
import type { DataGapsQuery } from "../../../generated/operations";
import { count, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow, Key, type Part } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { countedBy, isPast, scopeOf, scopeOfToday, widened } from "../scope";

const text = words.reports.gaps;

/** Accounts that lack a value, have one that is too old, or one that names nothing; of each kind how many, and where they are. */
interface Gap {
  readonly segment: string;
  readonly name: string;
  readonly count: number;
  readonly missing: Lack;
  readonly stale: Lack | null;
  readonly unknown: Lack | null;
}

interface Lack {
  readonly count: number;
  readonly address: string;
}

const KINDS = [["missing", "unknown", text.missing], ["stale", "behind", text.stale], ["unknown", "stuck", text.unknown]] as const;

export function GapsFigure({ choices }: { choices: Choices }) {
  const journeys = useJourneys();
  return (
    <Report title={text.title} document={DataGapsDocument} variables={{ scope: scopeOf(choices), now: scopeOfToday(choices) }}>
      {(answer) => <Gaps rows={gapsOf(answer)} journeys={journeys} note={isPast(choices) && answer.today.unknownTimeZones.length > 0 ? text.zonesToday : undefined} />}
    </Report>
  );
}

function gapsOf({ reports, today }: DataGapsQuery): Gap[] {
  const measures = reports.dataGaps.map((row): Gap => ({
    segment: row.segment,
    name: row.title,
    count: row.count,
    missing: { count: row.missing, address: row.missingAddress },
    stale: { count: row.stale, address: row.staleAddress },
    unknown: null,
  }));
  const zones = today.unknownTimeZones.map((row): Gap => ({
    segment: row.segment,
    name: text.zone(row.fact),
    count: row.count,
    missing: { count: row.missing, address: row.missingAddress },
    stale: null,
    unknown: { count: row.unknown, address: row.unknownAddress },
  }));
  return [...measures, ...zones];
}

function columnsOf(journeys: Journeys, rows: readonly Gap[]): Column<Gap>[] {
  const kinds = KINDS.filter(([kind]) => kind !== "unknown" || rows.some((row) => row.unknown !== null));
  return [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: text.measure, value: (row) => row.name },
    counting(words.portfolio.accounts, (row) => row.count, (row) => widened(row.missing.address, "is_missing")),
    ...kinds.map(([kind, , title]) => counting<Gap>(title, (row) => row[kind]?.count ?? 0, (row) => row[kind]?.address ?? "")),
  ];
}

function Gaps({ rows, journeys, note }: { rows: readonly Gap[]; journeys: Journeys; note: string | undefined }) {
  const lacking = (row: Gap) => KINDS.reduce((sum, [kind]) => sum + (row[kind]?.count ?? 0), 0);
  const worst = [...rows].filter((row) => lacking(row) > 0).sort((one, other) => lacking(other) / other.count - lacking(one) / one.count);
  const segments = [...new Set(worst.map((row) => row.segment))];
  const shown = KINDS.filter(([kind]) => kind !== "unknown" || worst.some((row) => row.unknown !== null));
  return (
    <Figure title={text.title} about={text.about} note={note} sample={text.sample(count(worst.length), count(rows.length))} name="data-gaps" rows={rows} columns={columnsOf(journeys, rows)}>
      <Key entries={shown.map(([, tone, title]) => [tone, title] as const)} />
      {segments.map((segment) => (
        <div class="group" key={segment}>
          <h3>{segmentTitle(journeys, segment)}</h3>
          <ul class="bars">
            {worst.filter((row) => row.segment === segment).map((row) => (
              <BarRow key={row.name} name={row.name} parts={partsOf(row)} most={row.count} value={percent(lacking(row) / row.count)} note={words.charts.outOf(count(lacking(row)), count(row.count))} />
            ))}
          </ul>
        </div>
      ))}
    </Figure>
  );
}

function partsOf(row: Gap): Part[] {
  return KINDS.flatMap(([kind, tone, title]): Part[] => {
    const lack = row[kind];
    return lack === null ? [] : [{ key: kind, value: lack.count, tone, title: `${title}: ${count(lack.count)}`, label: count(lack.count), href: countedBy(lack.address) }];
  });
}
