/** Who is signed in: one token, kept for as long as the tab is open, and never in an address that is sent. */
const KEY = "lifecycle.token";

/** The token of this tab, or null while nobody is signed in. */
export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

export function signIn(given: string): void {
  sessionStorage.setItem(KEY, given.trim());
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
}

/** Take a token from the part of the address that browsers keep to themselves (`#token=…`), and remove it there. */
export function adoptToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  signIn(given);
  history.replaceState(null, "", location.pathname + location.search);
}
