/** The health score, and what each measure did to it. */
import { date, decimal } from "../../formats";
import { BandBadge } from "../../parts/badges";
import { words } from "../../words";
import type { AccountView } from "./account";

type Contribution = AccountView["health"]["contributions"][number];

export function Health({ health }: { health: AccountView["health"] }) {
  return (
    <section aria-labelledby="health">
      <h2 id="health">{words.account.health}</h2>
      <p>{health.band === null ? words.account.noScore : <BandBadge band={health.band} score={health.score} />}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.account.measure}</th>
            <th scope="col" class="number">{words.account.value}</th>
            <th scope="col" class="number">{words.account.points}</th>
            <th scope="col">{words.portfolio.band}</th>
          </tr>
        </thead>
        <tbody>
          {health.contributions.map((each) => (
            <tr key={each.measure}>
              <th scope="row">{each.title}</th>
              <td class="number">{valueOf(each)}</td>
              <td class="number">{each.points === null ? "" : decimal(each.points)}</td>
              <td>{each.band === null ? absenceOf(each) : <BandBadge band={each.band} score={each.score} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function valueOf(each: Contribution): string {
  return each.value === null ? "" : `${decimal(each.value)} ${each.unit ?? ""}`;
}

function absenceOf(each: Contribution): string {
  if (each.absence === "STALE") return `${words.account.staleValue}${each.observedAt === null ? "" : ` (${date(each.observedAt)})`}`;
  return words.account.missingValue;
}
