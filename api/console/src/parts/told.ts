/** One row of history as a short line. */
import type { RecordKind } from "../generated/operations";
import { words } from "../words";

export interface Told {
  readonly kind: RecordKind;
  readonly subject?: string | null;
  readonly transition?: string | null;
  readonly actor?: string | null;
  readonly reason?: string | null;
  readonly fromStage: { readonly title: string } | null;
  readonly toStage: { readonly title: string } | null;
}

export function toldOf(record: Told): string {
  const moved = record.fromStage !== null && record.toStage !== null && record.fromStage.title !== record.toStage.title;
  const what = moved ? `${record.fromStage?.title} → ${record.toStage?.title}` : (record.subject ?? record.toStage?.title ?? "");
  return [words.kinds[record.kind], what, record.actor, record.reason].filter(Boolean).join(" · ");
}
