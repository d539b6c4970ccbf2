/** What to do today, most urgent first: why each CTA was opened, its tasks, and what closing it set in motion. */
import { useEffect, useRef, useState } from "preact/hooks";

import { MyDayDocument, WorkChangedDocument } from "../../generated/documents/my-day";
import type { CtaFilter, CtaType, MyDayQuery, Priority } from "../../generated/operations";
import { Asked } from "../../parts/asked";
import { useChoices, type Choices } from "../../parts/address";
import { OnePage, usePages } from "../../parts/pages";
import { count } from "../../formats";
import { useQuery, useSubscription } from "../../shell/client";
import { words } from "../../words";
import { AlertsOn } from "./alerts";
import { WorkFilters } from "./filters";
import { WorkCard } from "./work-card";

type WorkPage = MyDayQuery["ctas"];
export type WorkItem = WorkPage["nodes"][number];

/** What somebody just did; `followed` has what that set in motion, null where nothing can follow. */
export interface News {
  readonly item: WorkItem;
  readonly done: string;
  readonly followed: readonly string[] | null;
}

const text = words.myDay;

export default function MyDay() {
  const [choices, choose] = useChoices();
  const [news, setNews] = useState<News | null>(null);
  const [changes, setChanges] = useState(0);
  useSubscription(WorkChangedDocument, {}, () => setChanges((before) => before + 1));
  return (
    <>
      <h1>{text.title}</h1>
      <WorkFilters choices={choices} choose={choose} />
      <div role="status">{news !== null && <Happened news={news} />}</div>
      <Work key={JSON.stringify(choices)} choices={choices} changes={changes} told={setNews} />
      <AlertsOn changes={changes} />
    </>
  );
}

/** Takes the focus, since the card that had it is gone. */
function Happened({ news }: { news: News }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), [news]);
  const { item, done, followed } = news;
  return (
    <section ref={place} tabIndex={-1} aria-labelledby="news">
      <h2 id="news">{item.title}: {done}</h2>
      {item.account !== null && <p class="hint"><a href={`/accounts/${encodeURIComponent(item.account.id)}`}>{item.account.name}</a></p>}
      {followed?.length === 0 && <p>{text.nothingFollowed}</p>}
      {followed !== null && followed.length > 0 && (
        <>
          <h3>{text.happened}</h3>
          <ol class="history">{followed.map((line, index) => <li key={index}>{line}</li>)}</ol>
        </>
      )}
    </section>
  );
}

/** The work that fits, grouped by when it is due; the groups go on as further pages come. */
function Work({ choices, changes, told }: { choices: Choices; changes: number; told: (news: News) => void }) {
  const { cursors, pages, shown, total, isWaiting, put, more } = usePages<WorkPage>();
  return (
    <>
      {!isWaiting && <p class="hint">{words.states.ofTotal(count(shown), count(total))}</p>}
      {!isWaiting && shown === 0 && <p>{text.nothing}</p>}
      {groups(pages.flatMap((page) => page.nodes)).map(([title, items]) => (
        <section key={title} aria-label={title}>
          <h2>{title} <span class="hint">{items.length}</span></h2>
          <ul class="work">
            {items.map((item) => <WorkCard key={item.id} item={item} told={told} />)}
          </ul>
        </section>
      ))}
      {cursors.map((after, index) => <Fetch key={after} choices={choices} after={after} changes={changes} put={put(index)} />)}
      {more !== null && <button type="button" class="more" onClick={more}>{words.states.more}</button>}
    </>
  );
}

/** One page of the work, asked for anew with every change. */
function Fetch({ choices, after, changes, put }: { choices: Choices; after: string | null; changes: number; put: (page: WorkPage) => void }) {
  const [state, again] = useQuery(MyDayDocument, { filter: filterOf(choices), after });
  useEffect(() => {
    if (changes > 0) again({ requestPolicy: "network-only" });
  }, [changes]);
  const waiting = <Asked state={state} again={again}>{() => null}</Asked>;
  return <OnePage page={state.data?.ctas} put={put} waiting={waiting}>{() => null}</OnePage>;
}

function filterOf(choices: Choices): CtaFilter {
  return {
    isOpen: true,
    isSnoozed: choices.snoozed === "yes" ? null : false,
    owners: choices.owner ? [choices.owner] : null,
    reasons: choices.reason ? [choices.reason] : null,
    isOverdue: choices.overdue === "yes" ? true : null,
    priorities: choices.priority ? [choices.priority as Priority] : null,
    types: choices.type ? [choices.type as CtaType] : null,
  };
}

/** By when they are due, each group by priority; groups without any are left out. */
function groups(items: readonly WorkItem[]): [string, WorkItem[]][] {
  const today = new Date();
  today.setHours(23, 59, 59, 999);
  const week = new Date(today.getTime() + 7 * 86_400_000);
  const titled = (item: WorkItem): string => {
    const due = new Date(item.dueAt);
    if (item.isOverdue) return text.overdue;
    if (due <= today) return text.today;
    return due <= week ? text.week : text.later;
  };
  const rank = { HIGH: 0, MEDIUM: 1, LOW: 2 } as const;
  return [text.overdue, text.today, text.week, text.later]
    .map((title): [string, WorkItem[]] => [
      title,
      items.filter((item) => titled(item) === title).sort((one, other) => rank[one.priority] - rank[other.priority]),
    ])
    .filter(([, found]) => found.length > 0);
}
