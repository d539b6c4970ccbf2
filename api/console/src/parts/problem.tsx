/** What the server said when it did not do what was asked. */
interface Outcome {
  readonly __typename: string;
}

/** The words of a refusal; null for a success, and before anything was asked. */
export function refusalOf(outcome: Outcome | undefined): string | null {
  return outcome !== undefined && "message" in outcome ? String(outcome.message) : null;
}

export function Refusal({ outcome }: { outcome: Outcome | undefined }) {
  const said = refusalOf(outcome);
  return said === null ? null : <p role="alert" class="failed">{said}</p>;
}
