/** The history as the server exports it, whole and with what proves it, of all accounts or of one. */
import { useState } from "preact/hooks";

import { save } from "../../parts/csv";
import { authorization } from "../../shell/client";
import { words } from "../../words";

const FORMS = ["ndjson", "csv", "parquet", "xes"] as const;
const text = words.audit.download;

export function Download({ accountId }: { accountId: string | undefined }) {
  const [form, setForm] = useState<string>(FORMS[0]);
  const [told, setTold] = useState("");
  const [isBusy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    setTold(text.making);
    try {
      setTold(text.saved(await fetched(form, accountId)));
    } catch (error) {
      setTold(words.states.failed(String((error as Error).message)));
    }
    setBusy(false);
  };
  return (
    <details class="deed">
      <summary>{accountId === undefined ? text.all : text.one}</summary>
      <p class="about">{text.about}</p>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void take(); }}>
        <label class="short">
          {text.form}{" "}
          <select value={form} onChange={(event) => setForm(event.currentTarget.value)}>
            {FORMS.map((each) => <option key={each} value={each}>{text.forms[each]}</option>)}
          </select>
        </label>
        <button type="submit" disabled={isBusy}>{text.take}</button>
      </form>
      <p class="hint" role="status">{told}</p>
    </details>
  );
}

/** Fetch and save the file; its name. A link could not carry the token, which never stands in an address. */
async function fetched(form: string, accountId: string | undefined): Promise<string> {
  const asked = new URLSearchParams({ form, ...(accountId === undefined ? {} : { accountId }) });
  const answer = await fetch(`/exports/v1/history?${asked}`, { headers: authorization() });
  if (!answer.ok) throw new Error(((await answer.json()) as { message: string }).message);
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? `history.${form}`;
  save(name, await answer.blob());
  return name;
}
