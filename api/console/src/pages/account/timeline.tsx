/** The account's visits on a line of time, and a slider over it that shows the account as it stood on a day. */
import { useEffect, useRef, useState } from "preact/hooks";

import { date } from "../../formats";
import { words } from "../../words";
import type { AccountView } from "./account";

type Visit = AccountView["stageVisits"][number];
const DAY_MS = 86_400_000;
const text = words.account;

/** While the slider moves, the day is shown; the page follows once it rests. */
const REST_MS = 250;

export function Timeline({ account, chosen, choose }: { account: AccountView; chosen: string | null; choose: (day: string) => void }) {
  const visits = account.stageVisits;
  const first = visits[0];
  if (first === undefined) return null;
  const begins = dayOf(Date.parse(first.enteredAt));
  const today = dayOf(Date.parse(account.asOf));
  return (
    <section class="timeline" aria-label={text.timeline}>
      <Visits visits={visits} from={Date.parse(first.enteredAt)} to={Date.parse(account.asOf)} />
      <Slider begins={begins} today={today} chosen={chosen} choose={choose} />
    </section>
  );
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

function textOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function Slider({ begins, today, chosen, choose }: { begins: number; today: number; chosen: string | null; choose: (day: string) => void }) {
  const settled = chosen === null ? today : dayOf(Date.parse(chosen));
  const [day, setDay] = useState(settled);
  const rest = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => setDay(settled), [settled]);
  const move = (to: number) => {
    setDay(to);
    if (rest.current !== null) clearTimeout(rest.current);
    rest.current = setTimeout(() => choose(to >= today ? "" : textOf(to)), REST_MS);
  };
  return (
    <div class="slider">
      <label>
        <span>{text.asOf} <output>{day >= today ? text.today : date(textOf(day))}</output></span>
        <input type="range" min={begins} max={today} value={day} aria-valuetext={day >= today ? text.today : date(textOf(day))} onInput={(event) => move(Number(event.currentTarget.value))} />
      </label>
      {chosen !== null && <button type="button" onClick={() => choose("")}>{text.backToToday}</button>}
    </div>
  );
}

function Visits({ visits, from, to }: { visits: readonly Visit[]; from: number; to: number }) {
  const whole = Math.max(1, to - from);
  return (
    <ol class="visits">
      {visits.map((visit) => {
        const share = ((visit.exitedAt === null ? to : Date.parse(visit.exitedAt)) - Date.parse(visit.enteredAt)) / whole;
        const told = text.visitOf(visit.title, date(visit.enteredAt), visit.exitedAt === null ? text.today : date(visit.exitedAt));
        return (
          <li key={`${visit.stage} ${visit.enteredAt}`} class={visit.isRunning ? "running" : ""} style={{ flexGrow: Math.max(0.001, share), flexBasis: 0 }} title={told}>
            <span class="title">{visit.title}</span>
          </li>
        );
      })}
    </ol>
  );
}
