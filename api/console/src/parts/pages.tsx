/** Pages of a list, one below the other: each is asked for with the cursor of the one before, and stays live by itself. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

export interface Page {
  readonly totalCount: number | null;
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What is known of the pages: their cursors, themselves so far, and a way to ask for one more where there is one. */
export function usePages<Given extends Page>() {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [pages, setPages] = useState<readonly Given[]>([]);
  const last = pages[cursors.length - 1]?.pageInfo;
  return {
    cursors,
    pages,
    shown: pages.reduce((sum, page) => sum + page.nodes.length, 0),
    total: pages[0]?.totalCount ?? 0,
    isWaiting: pages[0] === undefined,
    put: (index: number) => (page: Given) => setPages((before) => Object.assign([...before], { [index]: page })),
    more: last?.hasNextPage && last.endCursor !== null ? () => setCursors([...cursors, last.endCursor]) : null,
  };
}

/** Hand a page on when it has come; show `waiting` until then. */
export function OnePage<Given extends Page>(props: { page: Given | undefined; put: (page: Given) => void; waiting: ComponentChildren; children: (page: Given) => ComponentChildren }) {
  const { page, put } = props;
  useEffect(() => {
    if (page !== undefined) put(page);
  }, [page]);
  return <>{page === undefined ? props.waiting : props.children(page)}</>;
}
