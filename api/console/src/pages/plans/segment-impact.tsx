/** What a plan does to one segment: accounts that move, CTAs that open, and what each change of a condition means. */
import { count } from "../../formats";
import { words } from "../../words";
import type { PlanView } from "./plan";

type Segment = PlanView["segments"][number];
type Affected = Segment["moves"][number]["accounts"];
const text = words.plan;

export function SegmentImpact({ segment }: { segment: Segment }) {
  const heading = `segment-${segment.segment}`;
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading}>
        {segment.title} <span class="hint">{text.changes[segment.change]} · {text.accounts(count(segment.accounts))}</span>
      </h2>
      <Group title={text.moves} rows={segment.moves.map((each) => [`${each.from} → ${each.to}`, each.accounts])} />
      <Group title={text.arrivals} rows={segment.arrivals.map((each) => [`${each.fromSegment}: ${each.fromStage} → ${each.toStage ?? "?"}`, each.accounts])} />
      <Group title={text.blocked} rows={segment.exits.map((each) => [`${each.stage}: ${each.transition}`, each.blocked])} />
      <Group title={text.unblocked} rows={segment.exits.map((each) => [`${each.stage}: ${each.transition}`, each.unblocked])} />
      <Group title={text.deeds} rows={segment.deeds.map((each) => [`${text.deedWords[each.deed]}: ${each.subject}`, each.accounts])} />
      <Meanings segment={segment} />
      <Edits segment={segment} />
    </section>
  );
}

function Group({ title, rows }: { title: string; rows: readonly (readonly [string, Affected])[] }) {
  const some = rows.filter(([, affected]) => affected.count > 0);
  if (some.length === 0) return null;
  return (
    <table class="impact">
      <caption>{title}</caption>
      <tbody>
        {some.map(([name, affected]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{count(affected.count)}</td>
            <td>
              {affected.samples.map((account, index) => (
                <span key={account.id}>
                  {index > 0 && ", "}
                  <a href={`/accounts/${encodeURIComponent(account.id)}`}>{account.name}</a>
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Meanings({ segment }: { segment: Segment }) {
  const changed = segment.meanings.filter((each) => each.sense !== "SAME");
  if (changed.length === 0) return null;
  return (
    <table class="impact">
      <caption>{text.meanings}</caption>
      <tbody>
        {changed.map((each) => (
          <tr key={each.key}>
            <th scope="row">{each.key}</th>
            <td>{text.senses[each.sense]}</td>
            <td>
              {each.gained !== null && <div>{text.gained} {example(each.gained)}</div>}
              {each.lost !== null && <div>{text.lost} {example(each.lost)}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function example(fields: readonly { key: string; value: unknown }[]): string {
  return fields.map((field) => `${field.key} = ${String(field.value)}`).join(", ");
}

function Edits({ segment }: { segment: Segment }) {
  if (segment.parts.length === 0) return null;
  return (
    <details>
      <summary>{text.edits(segment.parts.length)}</summary>
      <ul>
        {segment.parts.map((part) => (
          <li key={`${part.part} ${part.key}`}>
            {text.changes[part.change]} {part.part.toLowerCase()} <strong>{part.key}</strong>
            <ul>
              {part.edits.map((edit) => (
                <li key={edit.path}>
                  {edit.path}: {edit.before !== null && <del>{edit.before}</del>} {edit.after !== null && <ins>{edit.after}</ins>}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  );
}
