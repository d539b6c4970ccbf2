/** The bar with the pages that the viewer may open. */
import { useLocation } from "preact-iso";

import { ViewerDocument } from "../generated/operations";
import { words } from "../words";
import { useQuery } from "./client";

const PAGES = [{ path: "/", title: words.pages.portfolio }] as const;

export function Navigation({ leave }: { leave: () => void }) {
  const { path } = useLocation();
  const [{ data }] = useQuery(ViewerDocument, {});
  return (
    <header class="bar">
      <span class="product">{words.product}</span>
      <nav aria-label={words.navigation}>
        {PAGES.map((page) => (
          <a key={page.path} href={page.path} aria-current={path === page.path ? "page" : undefined}>
            {page.title}
          </a>
        ))}
      </nav>
      <span class="viewer">{data?.viewer.name}</span>
      <button type="button" class="quiet" onClick={leave}>
        {words.signIn.out}
      </button>
    </header>
  );
}
