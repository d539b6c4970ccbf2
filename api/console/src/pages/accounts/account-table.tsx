/** Accounts, a row each. */
import type { ComponentChildren } from "preact";

import type { PortfolioAccountsQuery } from "../../generated/operations";
import { BandBadge, PaceBadge, paceInWords } from "../../parts/badges";
import { csvOf, save } from "../../parts/csv";
import { count, daysOf, span } from "../../formats";
import { words } from "../../words";

type Row = PortfolioAccountsQuery["accounts"]["nodes"][number];
const columns = words.portfolio.columns;

/** The frame; pages of rows go into it. */
export function AccountTable({ isEmpty, children }: { isEmpty: boolean; children: ComponentChildren }) {
  return (
    <div class="scrolls" tabIndex={isEmpty ? -1 : 0} role="region" aria-label={words.charts.tableOf(words.portfolio.accounts)}>
      <table class="accounts stacked" role="table">
        <thead>
          <tr>
            {[columns.name, columns.segment, columns.stage, columns.pace, columns.health, columns.csm].map((title) => (
              <th key={title} scope="col">{title}</th>
            ))}
            <th scope="col" class="number">{columns.ctas}</th>
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}

export function AccountRows({ accounts }: { accounts: readonly Row[] }) {
  return (
    <tbody role="rowgroup">
      {accounts.map((account) => (
        <tr key={account.id} role="row">
          <th scope="row" role="rowheader"><a href={`/accounts/${encodeURIComponent(account.id)}`}>{account.name}</a></th>
          <td role="cell">{account.segment?.title}</td>
          <td role="cell">{account.stage?.title}</td>
          <td role="cell">{account.stage && <><PaceBadge stage={account.stage} /> <span class="hint">{span(account.stage.timeInStage)}</span></>}</td>
          <td role="cell"><BandBadge band={account.health.band} score={account.health.score} /></td>
          <td role="cell">{account.csmName}</td>
          <td role="cell" class="number" data-says={columns.ctas}>{count(account.openCtas.length)}</td>
        </tr>
      ))}
    </tbody>
  );
}

/** The accounts that are shown as a file. */
export function saveAccounts(accounts: readonly Row[]): void {
  const titles = [columns.key, columns.name, columns.segment, columns.stage, columns.pace, columns.days, columns.score, columns.health, columns.csm, columns.ctas];
  const rows = accounts.map((each) => [
    each.key,
    each.name,
    each.segment?.title ?? null,
    each.stage?.title ?? null,
    each.stage === null ? null : paceInWords(each.stage),
    each.stage === null ? null : Math.floor(daysOf(each.stage.timeInStage) ?? 0),
    each.health.score,
    each.health.band === null ? null : words.bands[each.health.band],
    each.csmName,
    each.openCtas.length,
  ]);
  save("accounts.csv", csvOf(titles, rows));
}
