/** Who is let in: the tokens that were ever issued, newest first, with the ways to issue one and to stop one. */
import { useState } from "preact/hooks";

import { RevokeTokenDocument, TokensDocument } from "../../generated/documents/tokens";
import type { ShownTokenFragment } from "../../generated/operations";
import { count, date, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation, useQuery } from "../../shell/client";
import { words } from "../../words";
import { Issue } from "./issue";

const text = words.tokens;
const COLUMNS = [text.name, text.roles, text.limitedTo, text.issuedAt, text.endsAt, text.lastUsed, text.standing];

export default function Tokens() {
  const may = useMay("MANAGE_TOKENS");
  return (
    <>
      <h1>{text.title}</h1>
      {may ? <All /> : <p>{text.notAllowed}</p>}
    </>
  );
}

function All() {
  const [after, setAfter] = useState<string | null>(null);
  const [state, again] = useQuery(TokensDocument, { after });
  const renew = () => again({ requestPolicy: "network-only" });
  return (
    <>
      <Issue done={renew} />
      <section aria-labelledby="issued">
        <h2 id="issued">{text.issued}</h2>
        <Asked state={state} again={again}>
          {({ tokens }) => (
            <>
              <p class="hint" role="status">{words.states.ofTotal(count(tokens.nodes.length), count(tokens.totalCount ?? 0))}</p>
              <div class="scrolls" tabIndex={0} role="region" aria-label={words.charts.tableOf(text.issued)}>
                <table class="numbers stacked" role="table">
                  <thead><tr>{COLUMNS.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
                  <tbody role="rowgroup">{tokens.nodes.map((token) => <OneToken key={token.id} token={token} renew={renew} />)}</tbody>
                </table>
              </div>
              {tokens.pageInfo.hasNextPage && <button type="button" class="more" onClick={() => setAfter(tokens.pageInfo.endCursor)}>{words.audit.marks.older}</button>}{" "}
              {after !== null && <button type="button" class="more" onClick={() => setAfter(null)}>{words.audit.marks.newest}</button>}
            </>
          )}
        </Asked>
      </section>
    </>
  );
}

function OneToken({ token, renew }: { token: ShownTokenFragment; renew: () => void }) {
  return (
    <tr role="row">
      <th scope="row" role="rowheader">{token.name}</th>
      <td role="cell">{token.roles.map((role) => text.roleNames[role]).join(", ")}</td>
      <td role="cell" data-says={text.limitedTo}>{limitOf(token)}</td>
      <td role="cell" data-says={text.issuedAt}>{instant(token.createdAt)}</td>
      <td role="cell" data-says={text.endsAt}>{token.expiresAt === null ? text.never : date(token.expiresAt)}</td>
      <td role="cell" data-says={text.lastUsed}>{token.lastUsedAt === null ? text.neverUsed : instant(token.lastUsedAt)}</td>
      <td role="cell"><Standing token={token} renew={renew} /></td>
    </tr>
  );
}

function limitOf({ portfolio }: ShownTokenFragment): string {
  if (portfolio === null) return text.allAccounts;
  const own = [portfolio.csms?.join(", "), portfolio.segments?.join(", ")].filter(Boolean).join(" · ");
  const single = portfolio.accounts?.map((account) => account.key).join(", ");
  return [own, single].filter(Boolean).join(text.and) || text.noAccount;
}

/** Whether it is in force. Stopping cannot be taken back, so it is asked for twice. */
function Standing({ token, renew }: { token: ShownTokenFragment; renew: () => void }) {
  const [isSure, setSure] = useState(false);
  const [revoked, revoke] = useMutation(RevokeTokenDocument);
  if (token.revokedAt !== null) return <span class="badge unknown">{text.stopped(date(token.revokedAt))}</span>;
  if (token.expiresAt !== null && Date.parse(token.expiresAt) <= Date.now()) return <span class="badge unknown">{text.ended}</span>;
  if (!isSure) return <button type="button" class="tool" aria-label={text.stopIt(token.name)} onClick={() => setSure(true)}>{text.stop}</button>;
  return (
    <>
      <button type="button" class="tool" onClick={() => void revoke({ input: { tokenId: token.id } }).then(renew)}>{text.surely(token.name)}</button>{" "}
      <button type="button" class="tool" onClick={() => setSure(false)}>{text.keep}</button>
      <Refusal outcome={revoked.data?.revokeToken} />
    </>
  );
}
