/** The history as the server exports it, whole and with what proves it, of all accounts or of one. */
import { useState } from "preact/hooks";

import { AuditSegmentsDocument } from "../../generated/documents/audit";
import { save } from "../../parts/csv";
import { authorization, useQuery } from "../../shell/client";
import { words } from "../../words";
import { periodOf } from "./filter";

const FORMS = ["ndjson", "csv", "parquet", "xes"] as const;
type Chosen = { segment: string; since: string; before: string };
const text = words.audit.download;

export function Download({ accountId }: { accountId: string | undefined }) {
  const [form, setForm] = useState<string>(FORMS[0]);
  const [chosen, setChosen] = useState<Chosen>({ segment: "", since: "", before: "" });
  const [{ data }] = useQuery(AuditSegmentsDocument, {});
  const [told, setTold] = useState("");
  const [isBusy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    setTold(text.making);
    try {
      setTold(text.saved(await fetched(form, accountId, chosen)));
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
        <label class="short">
          {words.portfolio.segment}{" "}
          <select value={chosen.segment} onChange={(event) => setChosen({ ...chosen, segment: event.currentTarget.value })}>
            <option value="">{text.everySegment}</option>
            {(data?.segments ?? []).map((each) => <option key={each.key} value={each.key}>{each.title}</option>)}
          </select>
        </label>
        <Recorded title={text.since} value={chosen.since} choose={(since) => setChosen({ ...chosen, since })} />
        <Recorded title={text.before} value={chosen.before} choose={(before) => setChosen({ ...chosen, before })} />
        <button type="submit" disabled={isBusy}>{text.take}</button>
      </form>
      <p class="hint" role="status">{told}</p>
    </details>
  );
}

function Recorded({ title, value, choose }: { title: string; value: string; choose: (day: string) => void }) {
  return (
    <label class="short">
      {title}{" "}
      <input type="date" value={value} onChange={(event) => choose(event.currentTarget.value)} />
    </label>
  );
}

/** Fetch and save the file; its name. A link could not carry the token, which never stands in an address. */
async function fetched(form: string, accountId: string | undefined, chosen: Chosen): Promise<string> {
  const given = { form, accountId, segment: chosen.segment, ...periodOf(chosen) };
  const asked = new URLSearchParams(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  const answer = await fetch(`/exports/v1/history?${asked}`, { headers: authorization() });
  if (!answer.ok) throw new Error(((await answer.json()) as { message: string }).message);
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? `history.${form}`;
  save(name, await answer.blob());
  return name;
}
