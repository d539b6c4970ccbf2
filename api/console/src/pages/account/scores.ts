/** The health scores that were recorded in a period: the newest page comes with the account, earlier ones are read back. */
import { useEffect, useState } from "preact/hooks";

import { EarlierScoresDocument } from "../../generated/documents/account";
import type { ShownScoresFragment } from "../../generated/operations";
import { ask } from "../../shell/client";

export type Score = ShownScoresFragment["nodes"][number];
const MOST = 1_000;

/** Oldest first; those of the newest page at once, and up to 1,000 before them once they have come. */
export function useScores(id: string, since: string, newest: ShownScoresFragment | undefined): Score[] {
  const [earlier, setEarlier] = useState<Score[]>([]);
  const before = earlierThan(newest);
  useEffect(() => {
    let isShown = true;
    setEarlier([]);
    if (before !== null) void readBack(id, since, before).then((found) => isShown && setEarlier(found), () => undefined);
    return () => {
      isShown = false;
    };
  }, [id, since, before]);
  return [...earlier, ...(newest?.nodes ?? [])];
}

function earlierThan(page: ShownScoresFragment | undefined): string | null {
  return page?.pageInfo.hasPreviousPage === true ? page.pageInfo.startCursor : null;
}

async function readBack(id: string, since: string, from: string): Promise<Score[]> {
  let found: Score[] = [];
  for (let before: string | null = from; before !== null && found.length < MOST; ) {
    const { account } = await ask(EarlierScoresDocument, { id, since, before });
    found = [...(account?.measureHistory.nodes ?? []), ...found];
    before = earlierThan(account?.measureHistory);
  }
  return found;
}
