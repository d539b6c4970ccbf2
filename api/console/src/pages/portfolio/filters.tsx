/** What a dashboard is about: segment, CSM, period and date, all in the address. */
import { KnownCsmsDocument } from "../../generated/documents/portfolio";
import { Choice, type Option } from "../../parts/choice";
import type { Choices } from "../../parts/address";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { stagesOf, useJourneys, type Journeys } from "./journeys";

const text = words.portfolio;

export function ScopeFilters({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  const { segments } = useJourneys();
  const csms = useCsms(choices.csm);
  const given = { choices, choose };
  return (
    <form class="filters" role="search" aria-label={text.filters} onSubmit={(event) => event.preventDefault()}>
      <Choice name="segment" title={text.segment} options={segments.map((each) => [each.key, each.title])} {...given} />
      <Choice name="csm" title={text.csm} options={csms} {...given} />
      <Choice name="period" title={text.period} all={text.periods.all} options={[["30d", text.periods.month], ["90d", text.periods.quarter], ["365d", text.periods.year], ["own", text.periods.own]]} {...given} />
      {choices.period === "own" && <Day name="from" title={text.from} {...given} />}
      {choices.period === "own" && <Day name="to" title={text.to} {...given} />}
      <Day name="asOf" title={text.asOf} {...given} />
    </form>
  );
}

/** Whoever is known as a person, has had accounts, or is chosen already; by name. */
export function useCsms(chosen: string | undefined): Option[] {
  const journeys = useJourneys();
  const stage = commonest(journeys);
  const [{ data }] = useQuery(KnownCsmsDocument, { stage }, stage === "");
  const seen = data?.reports.stageCompliance.flatMap((row) => row.group ?? []) ?? [];
  const named = new Map<string, string>([...seen, ...(chosen ? [chosen] : [])].map((id) => [id, id]));
  for (const person of journeys.people) named.set(person.id, person.name ?? person.id);
  return [...named].sort(([, one], [, other]) => one.localeCompare(other));
}

/** The stage that most segments have before they end: most accounts have been there. */
function commonest(journeys: Journeys): string {
  const owners = (key: string) => journeys.segments.filter((each) => each.machine.stages.some((stage) => stage.key === key)).length;
  const open = stagesOf(journeys, undefined).filter((stage) => !stage.isFinal);
  return [...open].sort((one, other) => owners(other.key) - owners(one.key))[0]?.key ?? "";
}

/** A day that lives in the address. */
export function Day(props: { name: string; title: string; choices: Choices; choose: (name: string, value: string) => void }) {
  return (
    <label>
      {props.title}
      <input type="date" value={props.choices[props.name] ?? ""} onChange={(event) => props.choose(props.name, event.currentTarget.value)} />
    </label>
  );
}
