/** What an address shows that leads nowhere. */
import { words } from "../words";

export function NotFound() {
  return (
    <p>
      {words.pages.notFound} <a href="/">{words.pages.backToPortfolio}</a>
    </p>
  );
}
