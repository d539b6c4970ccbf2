/** What a dashboard is about: the choices of the address as a report's scope, and as addresses of the accounts behind a number. */
import type { BehindFragment, ReportScope } from "../../generated/operations";
import type { Choices } from "../../parts/address";

/** The choices that every report shares, in the order in which they are shown. */
export const SHARED = ["segment", "csm", "period", "from", "to", "asOf"] as const;

const DAY_MS = 86_400_000;
const PERIOD_DAYS: Readonly<Record<string, number>> = { "30d": 30, "90d": 90, "365d": 365 };

/** The scope that the address names; a period of days ends at the date, `asOf` is the end of its day in UTC. */
export function scopeOf(choices: Choices, today = midnight(Date.now())): ReportScope {
  const asOf = choices.asOf ? Date.parse(`${choices.asOf}T00:00:00Z`) + DAY_MS : null;
  const days = PERIOD_DAYS[choices.period ?? ""];
  const from = days === undefined ? dayOf(choices.from) : iso((asOf ?? today + DAY_MS) - days * DAY_MS);
  return {
    segment: choices.segment || null,
    csm: choices.csm || null,
    from,
    to: days === undefined ? endOf(choices.to) : null,
    asOf: asOf === null || asOf > today ? null : iso(asOf),
  };
}

function midnight(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function dayOf(text: string | undefined): string | null {
  return text ? `${text}T00:00:00Z` : null;
}

/** The day after, since a period ends before its end. */
function endOf(text: string | undefined): string | null {
  return text ? iso(Date.parse(`${text}T00:00:00Z`) + DAY_MS) : null;
}

/** An address with the shared choices and others beside them; empty ones are left out. */
export function addressOf(path: string, choices: Choices, more: Choices = {}): string {
  const kept = Object.fromEntries(SHARED.map((name) => [name, choices[name] ?? ""]));
  const entries = Object.entries({ ...kept, ...more }).filter(([, value]) => value !== "");
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries)}`;
}

/** The list of the accounts behind a number. */
export function accountsOf(behind: Partial<BehindFragment>, choices: Choices = {}): string {
  const one = (keys: readonly string[] | undefined, kept = "") => keys?.join(",") || kept;
  return addressOf("/accounts", {}, {
    segment: one(behind.segments, choices.segment),
    stage: one(behind.stages),
    band: one(behind.bands),
    csm: one(behind.csms, choices.csm),
  });
}

/** The list of the accounts that a report counted, by the address that it gave. */
export function countedBy(address: string): string {
  return addressOf("/accounts", {}, { behind: address });
}

/** The first date of a comparison: a period before the scope's date, three months where none is chosen. */
export function sinceOf(choices: Choices, today = midnight(Date.now())): string {
  const { from, asOf } = scopeOf(choices, today);
  return from ?? iso((asOf == null ? today : Date.parse(asOf)) - 90 * DAY_MS);
}

/** So many dates before the scope's date, a month apart, the earliest first. */
export function monthsBefore(choices: Choices, months: number, today = midnight(Date.now())): string[] {
  const { asOf } = scopeOf(choices, today);
  const end = asOf == null ? today : Date.parse(asOf);
  return Array.from({ length: months }, (_, index) => iso(end - (months - 1 - index) * 30 * DAY_MS));
}

/** The history behind a number of moves: those between two stages in the period. */
export function recordsOf(row: { segment: string; fromStage: string; toStage: string }, choices: Choices): string {
  const { from, to } = scopeOf(choices);
  return addressOf("/audit", {}, {
    kind: "MOVED",
    segment: row.segment,
    fromStage: row.fromStage,
    toStage: row.toStage,
    since: from?.slice(0, 10) ?? "",
    before: to?.slice(0, 10) ?? "",
  });
}

/** The work behind a number of CTAs. */
export function workOf(row: { reason: string; owner: string }, isOverdue = false): string {
  return addressOf("/my-day", {}, { reason: row.reason, owner: row.owner, overdue: isOverdue ? "yes" : "" });
}
