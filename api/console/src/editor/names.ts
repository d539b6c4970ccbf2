/** The names that a draft defines, for the places that refer to them. */
export type Files = Readonly<Record<string, string>>;

const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  measure: ["measures"],
  fact: ["facts"],
  milestone: ["milestones"],
  reach: ["milestones"],
  requires: ["milestones"],
  reason: ["reasons"],
  playbook: ["playbooks"],
  template: ["templates"],
  open_cta: ["templates"],
  escalate_cta: ["templates"],
  plan: ["plans"],
  days_until: ["facts", "milestones"],
  days_since: ["facts", "milestones"],
};
const STAGE_KEYS = new Set(["to", "initial", "came_from", "visits"]);

/** Names that the value of a key may be: entries of the catalog, or stages of the segment that is edited. */
export function namesFor(key: string, files: Files, current: string): string[] {
  if (STAGE_KEYS.has(key)) return entriesOf(files[current] ?? "", "stages");
  return (SECTIONS[key] ?? []).flatMap((section) => entriesOf(files["catalog.yaml"] ?? "", section));
}

/** The keys one level below a top-level key. */
export function entriesOf(text: string, section: string): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`${section}:`));
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^\S/.test(line) && !line.startsWith("#"));
  const own = end < 0 ? rest : rest.slice(0, end);
  return own.flatMap((line) => /^ {2}([\w.]+):/.exec(line)?.[1] ?? []);
}
