/** The choices of the address as a filter of history. */
import type { Cause, HistoryFilter, HistoryPeriod, RecordKind } from "../../generated/operations";
import type { Choices } from "../../parts/address";

const DAY_MS = 86_400_000;

/** `since` and `before` are days of UTC, both included; by when a record took effect, or by when it was written down. */
export function filterOf(choices: Choices): HistoryFilter {
  const one = (name: string) => (choices[name] ? [choices[name] as string] : null);
  const period = periodOf(choices);
  return {
    accountIds: one("account"),
    segments: one("segment"),
    fromStages: one("fromStage"),
    toStages: one("toStage"),
    transitions: one("transition"),
    subjects: one("subject"),
    actors: one("actor"),
    kinds: one("kind") as RecordKind[] | null,
    causes: one("cause") as Cause[] | null,
    effective: choices.by === "recorded" ? null : period,
    recorded: choices.by === "recorded" ? period : null,
  };
}

export function periodOf(choices: Choices): HistoryPeriod | null {
  if (!choices.since && !choices.before) return null;
  return {
    since: choices.since ? `${choices.since}T00:00:00Z` : null,
    before: choices.before ? new Date(Date.parse(`${choices.before}T00:00:00Z`) + DAY_MS).toISOString() : null,
  };
}
