/** Accounts, a row each. */
import type { PortfolioAccountsQuery } from "../../generated/operations";
import { BandBadge, PaceBadge } from "../../parts/badges";
import { count, span } from "../../formats";
import { words } from "../../words";

type Row = PortfolioAccountsQuery["accounts"]["nodes"][number];

export function AccountTable({ accounts }: { accounts: readonly Row[] }) {
  const columns = words.portfolio.columns;
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={words.portfolio.accounts}>
      <table>
        <thead>
          <tr>
            {[columns.name, columns.segment, columns.stage, columns.pace, columns.health, columns.csm].map((title) => (
              <th key={title} scope="col">{title}</th>
            ))}
            <th scope="col" class="number">{columns.ctas}</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={account.id}>
              <th scope="row"><a href={`/accounts/${encodeURIComponent(account.id)}`}>{account.name}</a></th>
              <td>{account.segment?.title}</td>
              <td>{account.stage?.title}</td>
              <td>{account.stage && <><PaceBadge pace={account.stage.pace} /> <span class="hint">{span(account.stage.timeInStage)}</span></>}</td>
              <td><BandBadge band={account.health.band} score={account.health.score} /></td>
              <td>{account.csmName}</td>
              <td class="number">{count(account.openCtas.length)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
