/** The chosen records as a file, page by page. */
import { useState } from "preact/hooks";

import { AuditExportDocument } from "../../generated/documents/audit";
import type { AuditExportQuery, HistoryFilter, HistoryOrder } from "../../generated/operations";
import { count } from "../../formats";
import { csvOf, save, type Cell } from "../../parts/csv";
import { ask } from "../../shell/client";
import { words } from "../../words";

type Row = AuditExportQuery["history"]["nodes"][number];
const text = words.audit.export;

/** A browser's memory has an end; `lifecycle-fsm export` writes everything, with proofs. */
const MOST = 20_000;

const COLUMNS: readonly (readonly [string, (row: Row) => Cell])[] = [
  ["account_key", (row) => row.account?.key ?? null],
  ["account", (row) => row.account?.name ?? null],
  ["account_id", (row) => row.accountId],
  ["seq", (row) => row.seq],
  ["kind", (row) => row.kind],
  ["from_stage", (row) => row.fromStageKey],
  ["to_stage", (row) => row.toStageKey],
  ["transition", (row) => row.transition],
  ["trigger", (row) => row.trigger],
  ["subject", (row) => row.subject],
  ["cause", (row) => row.cause],
  ["actor", (row) => row.actor],
  ["on_behalf_of", (row) => row.onBehalfOf],
  ["reason", (row) => row.reason],
  ["effective_at", (row) => row.effectiveAt],
  ["recorded_at", (row) => row.recordedAt],
  ["machine", (row) => row.machineDigest],
  ["sentence", (row) => row.sentence],
  ["prev_hash", (row) => row.prevHash],
  ["hash", (row) => row.hash],
];

export function Export({ filter, order, isEmpty }: { filter: HistoryFilter; order: HistoryOrder; isEmpty: boolean }) {
  const [told, setTold] = useState("");
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const [rows, isWhole] = await read(filter, order, setTold);
      save("history.csv", csvOf(COLUMNS.map(([title]) => title), rows.map((row) => COLUMNS.map(([, value]) => value(row)))));
      setTold(isWhole ? text.done(count(rows.length)) : text.cut(count(rows.length)));
    } catch (error) {
      setTold(words.states.failed(String((error as Error).message)));
    }
    setBusy(false);
  };
  return (
    <span class="exporting">
      <span class="hint" role="status" aria-label={text.progress}>{told}</span>{" "}
      <button type="button" class="tool" disabled={isEmpty || isBusy} onClick={() => void run()}>{text.title}</button>
    </span>
  );
}

/** All pages of the chosen records, and whether that is all of them. */
async function read(filter: HistoryFilter, order: HistoryOrder, told: (text: string) => void): Promise<[Row[], boolean]> {
  const rows: Row[] = [];
  let after: string | null = null;
  do {
    const { history }: AuditExportQuery = await ask(AuditExportDocument, { filter, order, after });
    rows.push(...history.nodes);
    after = history.pageInfo.hasNextPage ? history.pageInfo.endCursor : null;
    told(words.states.ofTotal(count(rows.length), count(history.totalCount ?? 0)));
  } while (after !== null && rows.length < MOST);
  return [rows, after === null];
}
