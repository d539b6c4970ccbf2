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

/** The same without a date: for what is known of today alone, whatever date is chosen. */
export function scopeOfToday(choices: Choices): ReportScope {
  const { asOf: _, ...today } = scopeOf(choices);
  return today;
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

/** The address of the same number without some of its conditions: the sum of all rows that differ in them alone. */
export function widened(address: string, ...conditions: string[]): string {
  const [report, pairs] = partsOf(address);
  for (const each of conditions) for (const prefix of ["is.", "no."]) pairs.delete(prefix + each);
  return `${report}?${pairs}`;
}

/** The address of all rows from one to a later one, of a report by days. */
export function through(first: string, last: string): string {
  const [report, pairs] = partsOf(first);
  pairs.set("is.day_to", partsOf(last)[1].get("is.day_to") ?? "");
  return `${report}?${pairs}`;
}

function partsOf(address: string): [report: string, pairs: URLSearchParams] {
  const [report = "", pairs = ""] = address.split("?");
  return [report, new URLSearchParams(pairs)];
}

/** Whether a date before today is chosen. */
export function isPast(choices: Choices): boolean {
  return scopeOf(choices).asOf !== null;
}

/** The list of accounts that stand somewhere: by its filters for today, so that one can go on from there; by the report's address for another date. */
export function standingOf(row: { accounts: BehindFragment; address: string }, choices: Choices): string {
  return isPast(choices) ? countedBy(row.address) : accountsOf(row.accounts, choices);
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
