/** Set a measure or the whole score by hand, with a reason and an end; and take it back. */
import { useState } from "preact/hooks";

import { EndOverrideDocument, OverrideDocument } from "../../generated/documents/account";
import type { ShownHealthFragment } from "../../generated/operations";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import type { AccountView } from "./account";

const text = words.account;
const MONTH_MS = 30 * 86_400_000;

export function OverrideForm({ account, health }: { account: AccountView; health: ShownHealthFragment }) {
  const [measure, setMeasure] = useState("");
  const [value, setValue] = useState("");
  const [until, setUntil] = useState(() => new Date(Date.now() + MONTH_MS).toISOString().slice(0, 10));
  const [reason, setReason] = useState("");
  const [state, set] = useMutation(OverrideDocument);
  const chosen = health.contributions.find((each) => each.measure === measure);
  const submit = () =>
    set({
      input: {
        accountId: account.id,
        measure: measure === "" ? null : measure,
        value: valueFrom(value, chosen?.type ?? null),
        until: `${until}T00:00:00Z`,
        reason,
        idempotencyKey: newKey(),
        expectedRevision: account.revision,
      },
    });
  return (
    <details class="deed">
      <summary>{text.override}</summary>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <label>
          {text.measure}{" "}
          <select value={measure} onChange={(event) => setMeasure(event.currentTarget.value)}>
            <option value="">{text.wholeScore}</option>
            {health.contributions.filter((each) => !each.measure.startsWith("cta.")).map((each) => <option key={each.measure} value={each.measure}>{each.title}</option>)}
          </select>
        </label>
        <label class="short">{text.value}{chosen?.unit && ` (${chosen.unit})`} <input required value={value} onInput={(event) => setValue(event.currentTarget.value)} /></label>
        <label class="short">{text.until} <input type="date" required value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
        <label>{text.reason} <input required maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <button type="submit" disabled={state.fetching}>{text.setIt}</button>
      </form>
      <Refusal outcome={state.data?.overrideHealth} />
    </details>
  );
}

/** A number where it is one, true or false for a flag, a word for a choice. */
function valueFrom(given: string, type: string | null): string | number | boolean {
  if (type === "CHOICE") return given;
  if (type === "FLAG") return given === "true";
  const number = Number(given.replace(",", "."));
  return Number.isNaN(number) ? given : number;
}

export function EndOverride({ account, measure }: { account: AccountView; measure: string | null }) {
  const may = useMay("OVERRIDE_HEALTH");
  const [reason, setReason] = useState("");
  const [state, end] = useMutation(EndOverrideDocument);
  if (!may) return null;
  const submit = () => end({ input: { accountId: account.id, measure, reason, idempotencyKey: newKey(), expectedRevision: account.revision } });
  return (
    <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <label>{text.reason} <input required maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      <button type="submit" disabled={state.fetching}>{text.endOverride}</button>
      <Refusal outcome={state.data?.endHealthOverride} />
    </form>
  );
}
