/** Variables with which an example runs: of what is in the store, the first that comes. */
import { token } from "../shell/session";

const DAY_MS = 86_400_000;
const FIRST = `{
  accounts(first: 1) { nodes { id stage { key } machine { digest segmentKey } availableTransitions { transition { key } } milestones { key } health { contributions { measure } } } }
  plans(first: 1) { nodes { id } }
  ctas(first: 1) { nodes { id account { id } } }
  runs(first: 1) { nodes { id } }
}`;

interface First {
  accounts: {
    nodes: {
      id: string;
      stage: { key: string } | null;
      machine: { digest: string; segmentKey: string } | null;
      availableTransitions: { transition: { key: string } }[];
      milestones: { key: string }[];
      health: { contributions: { measure: string }[] };
    }[];
  };
  plans: { nodes: { id: string }[] };
  ctas: { nodes: { id: string; account: { id: string } | null }[] };
  runs: { nodes: { id: string }[] };
}

/** The variables of an operation as JSON; only those that it cannot do without. */
export async function variablesOf(name: string, text: string): Promise<string | undefined> {
  const needed = [...(/^(?:query|mutation|subscription) \w+\(([^)]*)\)/m.exec(text)?.[1] ?? "").matchAll(/\$(\w+): [^,=]*!(?=,|$)/g)].map((match) => match[1] as string);
  if (needed.length === 0) return undefined;
  const found = await first();
  const values = { ...valuesFrom(found), ...ownOf(name, found) };
  return JSON.stringify(Object.fromEntries(needed.map((each) => [each, values[each] ?? null])), null, 2);
}

async function first(): Promise<First> {
  const answer = await fetch("/graphql", { method: "POST", headers: { Authorization: `Bearer ${token() ?? ""}`, "Content-Type": "application/json" }, body: JSON.stringify({ query: FIRST }) });
  return ((await answer.json()) as { data: First }).data;
}

function valuesFrom({ accounts }: First): Record<string, unknown> {
  const account = accounts.nodes[0];
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
    files: [],
    input: {},
  };
}

/** What some operations mean by a name that others use for something else. */
function ownOf(name: string, { accounts, plans, ctas, runs }: First): Record<string, unknown> {
  const cta = ctas.nodes[0];
  const own: Record<string, Record<string, unknown>> = {
    PlanPage: { id: plans.nodes[0]?.id },
    SetAside: { id: runs.nodes[0]?.id },
    WhyOfWork: { id: cta?.id, accountId: cta?.account?.id },
    StageMeasure: { key: accounts.nodes[0]?.health.contributions[0]?.measure },
  };
  return own[name] ?? {};
}
