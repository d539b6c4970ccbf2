/** What comes first of everything in the store, as far as whoever is signed in may see it. */
import { token } from "../shell/session";

interface Account {
  readonly id: string;
  readonly stage: { readonly key: string } | null;
  readonly machine: { readonly digest: string; readonly segmentKey: string } | null;
  readonly availableTransitions: readonly { readonly trigger: string; readonly isAutomatic: boolean; readonly transition: { readonly key: string } }[];
  readonly milestones: readonly { readonly key: string }[];
  readonly successPlans: readonly { readonly id: string }[];
  readonly health: { readonly contributions: readonly { readonly measure: string }[] };
}

interface Cta {
  readonly id: string;
  readonly account: { readonly id: string } | null;
  readonly tasks: readonly { readonly key: string }[];
}

export interface First {
  readonly account: Account | undefined;
  readonly ctas: readonly Cta[];
  readonly planType: string | undefined;
  readonly planId: string | undefined;
  readonly runId: string | undefined;
  readonly questionId: string | undefined;
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

type Nodes<T> = { readonly nodes: readonly T[] };

/** Each is asked for by itself: one that somebody may not see takes nothing from the others. */
export async function firstOf(): Promise<First> {
  const [accounts, ctas, types, plans, runs, questions, files] = await Promise.all([
    ask<Nodes<Account>>("accounts(first: 1) { nodes { id stage { key } machine { digest segmentKey } availableTransitions { trigger isAutomatic transition { key } } milestones { key } successPlans { id } health { contributions { measure } } } }"),
    ask<Nodes<Cta>>("ctas(first: 50, filter: { isOpen: true }) { nodes { id account { id } tasks { key } } }"),
    ask<readonly { readonly key: string }[]>("successPlanTypes { key }"),
    ask<Nodes<{ readonly id: string }>>("plans(first: 1) { nodes { id } }"),
    ask<Nodes<{ readonly id: string }>>("runs(first: 1) { nodes { id } }"),
    ask<Nodes<{ readonly id: string }>>("reviewMarks(first: 1, filter: { openOnly: true }) { nodes { id } }"),
    ask<First["files"]>("publishedConfiguration { name content }"),
  ]);
  return {
    account: accounts?.nodes[0],
    ctas: ctas?.nodes ?? [],
    planType: types?.[0]?.key,
    planId: plans?.nodes[0]?.id,
    runId: runs?.nodes[0]?.id,
    questionId: questions?.nodes[0]?.id,
    files: files ?? [],
  };
}

/** What one field of the query answers; nothing where it is refused. */
async function ask<T>(field: string): Promise<T | undefined> {
  const answer = await fetch("/graphql", { method: "POST", headers: { Authorization: `Bearer ${token() ?? ""}`, "Content-Type": "application/json" }, body: JSON.stringify({ query: `{ ${field} }` }) });
  const { data } = (await answer.json()) as { data: Record<string, T> | null };
  return data === null ? undefined : Object.values(data)[0];
}
