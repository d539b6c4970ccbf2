/** Where accounts stand, filtered by what the address says. */
import { useState } from "preact/hooks";

import { PortfolioAccountsDocument, type AccountFilter, type Band } from "../../generated/operations";
import { Asked } from "../../parts/asked";
import { useChoices, type Choices } from "../../parts/address";
import { count } from "../../formats";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { AccountTable } from "./account-table";
import { Filters } from "./filters";

const PAGE = 50;

export default function Portfolio() {
  const [choices, choose] = useChoices();
  const [pages, setPages] = useState(1);
  const variables = { filter: filterOf(choices), first: Math.min(100, PAGE * pages), after: null };
  const [state, again] = useQuery(PortfolioAccountsDocument, variables);
  return (
    <>
      <h1>{words.portfolio.title}</h1>
      <Filters choices={choices} choose={choose} />
      <Asked state={state} again={again}>
        {({ accounts }) => (
          <section aria-label={words.portfolio.accounts}>
            <p class="hint" role="status">{words.states.ofTotal(accounts.nodes.length, accounts.totalCount ?? 0)}</p>
            {accounts.nodes.length === 0 ? <p>{words.portfolio.none}</p> : <AccountTable accounts={accounts.nodes} />}
            {accounts.pageInfo.hasNextPage && pages < 2 && (
              <button type="button" onClick={() => setPages(pages + 1)}>
                {words.states.more} ({count(accounts.totalCount ?? 0)})
              </button>
            )}
          </section>
        )}
      </Asked>
    </>
  );
}

function filterOf(choices: Choices): AccountFilter {
  return {
    segments: choices.segment ? [choices.segment] : null,
    stages: choices.stage ? [choices.stage] : null,
    bands: choices.band ? [choices.band as Band] : null,
    search: choices.search || null,
  };
}
