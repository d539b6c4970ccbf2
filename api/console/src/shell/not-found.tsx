/** What an address shows that leads nowhere. */
import { words } from "../words";

export function NotFound() {
  return (
    <>
      <h1>{words.pages.notFound}</h1>
      <p><a href="/">{words.pages.backToPortfolio}</a></p>
    </>
  );
}
