/** The bar with the pages that the viewer may open. */
import { useLocation } from "preact-iso";
import { useEffect, useRef } from "preact/hooks";

import { ViewerDocument } from "../generated/documents/viewer";
import type { Capability } from "../generated/operations";
import { words } from "../words";
import { useQuery } from "./client";

const PAGES: readonly { path: string; title: string; needs?: Capability }[] = [
  { path: "/", title: words.pages.portfolio },
  { path: "/accounts", title: words.pages.accounts },
  { path: "/my-day", title: words.pages.myDay },
  { path: "/machines", title: words.pages.machines },
  { path: "/audit", title: words.pages.audit },
  { path: "/operations", title: words.pages.operations },
  { path: "/tokens", title: words.pages.tokens, needs: "MANAGE_TOKENS" },
];

export function Navigation({ leave }: { leave: () => void }) {
  const { path } = useLocation();
  const [{ data }] = useQuery(ViewerDocument, {});
  const bar = useRef<HTMLElement>(null);
  useEffect(() => bar.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [path, data]);
  return (
    <header class="bar">
      <span class="product">{words.product}</span>
      <nav ref={bar} aria-label={words.navigation}>
        {PAGES.filter((page) => page.needs === undefined || data?.viewer.capabilities.includes(page.needs)).map((page) => (
          <a key={page.path} href={page.path} aria-current={isWithin(path, page.path) ? "page" : undefined}>
            {page.title}
          </a>
        ))}
        <a href="/graphiql" target="_self">{words.graphiql.title}</a>
      </nav>
      <span class="viewer">{data?.viewer.name}</span>
      <button type="button" class="quiet" onClick={leave}>
        {words.signIn.out}
      </button>
    </header>
  );
}

/** Whether an address belongs to a page: the portfolio has the boards of stages too, machines have plans, the others have those below theirs. */
function isWithin(path: string, page: string): boolean {
  if (page === "/") return path === "/" || path.startsWith("/stages/");
  return path === page || path.startsWith(`${page}/`) || (page === "/machines" && path.startsWith("/plans/"));
}
