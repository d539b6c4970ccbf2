/** Issue a token; its secret is shown once and kept nowhere. */
import { useState } from "preact/hooks";

import { IssueTokenDocument, TokenSegmentsDocument } from "../../generated/documents/tokens";
import type { Role } from "../../generated/operations";
import { Refusal } from "../../parts/problem";
import { useMutation, useQuery } from "../../shell/client";
import { words } from "../../words";

const text = words.tokens;
const ROLES = Object.keys(text.roleNames) as Role[];

export function Issue({ done }: { done: () => void }) {
  const [{ data }] = useQuery(TokenSegmentsDocument, {});
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<readonly Role[]>(["VIEWER"]);
  const [until, setUntil] = useState("");
  const [csms, setCsms] = useState("");
  const [segments, setSegments] = useState<readonly string[]>([]);
  const [accounts, setAccounts] = useState("");
  const [state, issue] = useMutation(IssueTokenDocument);
  const limits = { csms: listed(csms), segments: segments.length === 0 ? null : [...segments], accountKeys: listed(accounts) };
  const portfolio = Object.values(limits).every((each) => each === null) ? null : limits;
  const submit = () => issue({ input: { name, roles: [...roles], expiresAt: until === "" ? null : `${until}T00:00:00Z`, portfolio } });
  const outcome = state.data?.issueToken;
  return (
    <section aria-labelledby="issue">
      <h2 id="issue">{text.issue}</h2>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void submit().then(done); }}>
        <label>{text.name} <input required maxLength={500} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <label class="short">{text.endsAt} <input type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
        <label>{text.onlyCsms} <input value={csms} onInput={(event) => setCsms(event.currentTarget.value)} /></label>
        <label>{text.onlyAccounts} <input value={accounts} onInput={(event) => setAccounts(event.currentTarget.value)} /></label>
        <fieldset class="roles">
          <legend>{text.onlySegments}</legend>
          {data?.segments.map(({ key, title }) => (
            <label key={key}><input type="checkbox" checked={segments.includes(key)} onChange={() => setSegments(toggled(segments, key))} /> {title}</label>
          ))}
        </fieldset>
        <fieldset class="roles">
          <legend>{text.roles}</legend>
          {ROLES.map((role) => (
            <label key={role}><input type="checkbox" checked={roles.includes(role)} onChange={() => setRoles(toggled(roles, role))} /> {text.roleNames[role]} <span class="hint">{text.allows[role]}</span></label>
          ))}
        </fieldset>
        <button type="submit" disabled={state.fetching || roles.length === 0}>{text.issueIt}</button>
      </form>
      <div role="status">{outcome?.__typename === "TokenIssued" && <Secret name={outcome.token.name} secret={outcome.secret} warnings={outcome.warnings} />}</div>
      <Refusal outcome={outcome} />
    </section>
  );
}

/** A list with one more, or without it. */
function toggled<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((each) => each !== item) : [...items, item];
}

/** What stands between commas; null where nothing does. */
function listed(given: string): string[] | null {
  const items = given.split(",").map((each) => each.trim()).filter(Boolean);
  return items.length === 0 ? null : items;
}

function Secret({ name, secret, warnings }: { name: string; secret: string; warnings: readonly string[] }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <>
      {warnings.map((warning) => <p key={warning} class="remark">{warning}</p>)}
      <p class="remark">
        {text.secretOf(name)} <code class="secret">{secret}</code>{" "}
        <button type="button" class="tool" onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}>{isCopied ? text.copied : text.copy}</button>
      </p>
    </>
  );
}
