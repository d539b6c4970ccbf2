/** Variables with which an example runs: of what is in the store, the first that comes. */
import { firstOf, type First } from "./first";
import { inputOf } from "./inputs";

const DAY_MS = 86_400_000;

/** The variables of an operation as JSON; only those that it cannot do without. */
export async function variablesOf(name: string, text: string): Promise<string | undefined> {
  const needed = [...(/^(?:query|mutation|subscription) \w+\(([^)]*)\)/m.exec(text)?.[1] ?? "").matchAll(/\$(\w+): [^,=]*!(?=,|$)/g)].map((match) => match[1] as string);
  if (needed.length === 0) return undefined;
  const found = await firstOf();
  const values: Record<string, unknown> = { ...valuesFrom(found), ...ownOf(name, found), input: inputOf(name, found) };
  return JSON.stringify(Object.fromEntries(needed.map((each) => [each, values[each] ?? null])), null, 2);
}

function valuesFrom({ account, files }: First): Record<string, unknown> {
  const daysAgo = (days: number) => new Date(Math.floor(Date.now() / DAY_MS - days) * DAY_MS).toISOString();
  return {
    id: account?.id,
    accountId: account?.id,
    segment: account?.machine?.segmentKey,
    stage: account?.stage?.key,
    digest: account?.machine?.digest,
    transition: account?.availableTransitions[0]?.transition.key,
    key: account?.milestones[0]?.key,
    seq: 1,
    first: 20,
    oldSize: 1,
    newSize: 1,
    withinDays: 90,
    by: "SEGMENT",
    rising: false,
    since: daysAgo(90),
    asOf: daysAgo(1),
    until: daysAgo(0),
    dates: [daysAgo(60), daysAgo(30), daysAgo(0)],
    files,
  };
}

/** What some operations mean by a name that others use for something else. */
function ownOf(name: string, { account, planId, ctas, runId }: First): Record<string, unknown> {
  const cta = ctas[0];
  const own: Record<string, Record<string, unknown>> = {
    PlanPage: { id: planId },
    SetAside: { id: runId },
    WhyOfWork: { id: cta?.id, accountId: cta?.account?.id },
    StageMeasure: { key: account?.health.contributions[0]?.measure },
  };
  return own[name] ?? {};
}
