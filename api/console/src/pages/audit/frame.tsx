/** What auditors come for, each with its own address. */
import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";

import { words } from "../../words";

const text = words.audit;
const PARTS = [
  ["/audit", text.parts.records],
  ["/audit/reviews", text.parts.reviews],
  ["/audit/verification", text.parts.verification],
  ["/audit/duties", text.parts.duties],
] as const;

export function AuditFrame({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  return (
    <>
      <h1>{text.title}</h1>
      <nav class="boards" aria-label={text.title}>
        {PARTS.map(([address, title]) => <a key={address} href={address} aria-current={path === address || (address === "/audit" && path.startsWith("/audit/records/")) ? "page" : undefined}>{title}</a>)}
      </nav>
      {children}
    </>
  );
}
