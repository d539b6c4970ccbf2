/** The page for somebody who is not signed in. */
import { words } from "../words";

export function SignIn({ taken }: { taken: (token: string) => void }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement).get("token");
    if (typeof given === "string" && given.trim() !== "") taken(given);
  };
  return (
    <main class="sign-in">
      <h1>{words.product}</h1>
      <form onSubmit={submit}>
        <label for="token">{words.signIn.token}</label>
        <input id="token" name="token" type="password" autocomplete="off" required autofocus aria-describedby="token-hint" />
        <p id="token-hint" class="hint">
          {words.signIn.hint}
        </p>
        <button type="submit">{words.signIn.submit}</button>
      </form>
    </main>
  );
}
