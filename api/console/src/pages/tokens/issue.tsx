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
  const [csm, setCsm] = useState("");
  const [segment, setSegment] = useState("");
  const [state, issue] = useMutation(IssueTokenDocument);
  const toggle = (role: Role) => setRoles(roles.includes(role) ? roles.filter((each) => each !== role) : [...roles, role]);
  const portfolio = csm === "" && segment === "" ? null : { csm: csm || null, segments: segment === "" ? null : [segment] };
  const submit = () => issue({ input: { name, roles: [...roles], expiresAt: until === "" ? null : `${until}T00:00:00Z`, portfolio } });
  const outcome = state.data?.issueToken;
  return (
    <section aria-labelledby="issue">
      <h2 id="issue">{text.issue}</h2>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void submit().then(done); }}>
        <label>{text.name} <input required maxLength={500} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <label class="short">{text.endsAt} <input type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
        <label class="short">{text.onlyCsm} <input maxLength={200} value={csm} onInput={(event) => setCsm(event.currentTarget.value)} /></label>
        <label class="short">
          {text.onlySegment}{" "}
          <select value={segment} onChange={(event) => setSegment(event.currentTarget.value)}>
            <option value="">{words.portfolio.all}</option>
            {data?.segments.map((each) => <option key={each.key} value={each.key}>{each.title}</option>)}
          </select>
        </label>
        <fieldset class="roles">
          <legend>{text.roles}</legend>
          {ROLES.map((role) => (
            <label key={role}><input type="checkbox" checked={roles.includes(role)} onChange={() => toggle(role)} /> {text.roleNames[role]} <span class="hint">{text.allows[role]}</span></label>
          ))}
        </fieldset>
        <button type="submit" disabled={state.fetching || roles.length === 0}>{text.issueIt}</button>
      </form>
      <div role="status">{outcome?.__typename === "TokenIssued" && <Secret name={outcome.token.name} secret={outcome.secret} />}</div>
      <Refusal outcome={outcome} />
    </section>
  );
}

function Secret({ name, secret }: { name: string; secret: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <p class="remark">
      {text.secretOf(name)} <code class="secret">{secret}</code>{" "}
      <button type="button" class="tool" onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}>{isCopied ? text.copied : text.copy}</button>
    </p>
  );
}
