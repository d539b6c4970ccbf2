/** The health score, how it came about and how it went, and what people set by hand. */
import type { ShownHealthFragment } from "../../generated/operations";
import { change, date, decimal, percent } from "../../formats";
import { BandBadge } from "../../parts/badges";
import { Trend } from "../../parts/charts/trend";
import { useMay } from "../../shell/capabilities";
import { words } from "../../words";
import type { AccountView } from "./account";
import { trendOf } from "./heading";
import { EndOverride, OverrideForm } from "./overrides";
import type { Score } from "./scores";

type Contribution = ShownHealthFragment["contributions"][number];
const text = words.account;

/** `account` is left out for a day of the past, where nobody can set anything. */
export function Health({ account, health, scores, asOf }: { account: AccountView | null; health: ShownHealthFragment; scores: Score[]; asOf: string }) {
  const may = useMay("OVERRIDE_HEALTH") && account !== null;
  return (
    <section aria-labelledby="health">
      <h2 id="health">{text.health}</h2>
      <p>
        {health.band === null ? text.noScore : <BandBadge band={health.band} score={health.score} />}{" "}
        <span class="hint">{trendOf(health)}{health.missingShare > 0 && ` · ${text.missingShare(percent(health.missingShare))}`}</span>
      </p>
      {health.override !== null && <SetByHand account={account} override={health.override} title={text.wholeScore} measured={health.measuredScore} />}
      {scores.length > 1 && <Course scores={scores} asOf={asOf} />}
      <ul class="contributions">{health.contributions.map((each) => <One key={each.measure} each={each} account={account} />)}</ul>
      {may && account !== null && account.stage !== null && <OverrideForm account={account} health={health} />}
    </section>
  );
}

/** The score as it was recorded, held until the next record, up to the date. */
function Course({ scores, asOf }: { scores: Score[]; asOf: string }) {
  const points = scores.map((each) => ({ at: Date.parse(each.observedAt), value: each.value }));
  const last = points.at(-1);
  const end = Date.parse(asOf);
  const until = last !== undefined && last.at < end ? [{ at: end, value: last.value }] : [];
  return <Trend label={text.course} points={[...points, ...until]} domain={[0, 100]} bounds={[50]} height={120} dated={(at) => date(new Date(at).toISOString())} />;
}

function One({ each, account }: { each: Contribution; account: AccountView | null }) {
  const tone = each.band === null ? "unknown" : each.band.toLowerCase().replace("_", "-");
  return (
    <li>
      <div class="line">
        <span class="name">{each.title} <span class="hint">{text.weight(decimal(each.weight))}</span></span>
        <span class="value">{valueOf(each)}{each.trend.change !== null && Math.abs(each.trend.change) >= 0.05 && <span class={`trend-word ${each.trend.direction.toLowerCase()}`}> {change(each.trend.change)}</span>}</span>
        <span class="points">{each.points === null ? <span class="hint">{absenceOf(each)}</span> : text.pointsOf(decimal(each.points))}</span>
      </div>
      <span class="meter" aria-hidden="true"><i class={`piece ${tone}`} style={{ width: `${each.score ?? 0}%` }} /></span>
      <p class="hint words">{each.inWords}</p>
      {each.override !== null && <SetByHand account={account} override={each.override} title={each.title} measured={null} />}
    </li>
  );
}

function SetByHand(props: { account: AccountView | null; override: NonNullable<Contribution["override"]>; title: string; measured: number | null }) {
  const { override, measured } = props;
  return (
    <div class="remark">
      <p>
        {text.setByHand(props.title, decimal(override.value), date(override.until))} {override.reason} <span class="hint">{override.author}</span>
        {measured !== null && <span class="hint"> {text.measured(decimal(measured))}</span>}
      </p>
      {props.account !== null && <EndOverride account={props.account} measure={override.measure} />}
    </div>
  );
}

function valueOf(each: Contribution): string {
  if (each.label !== null) return each.label;
  return each.value === null ? "–" : `${decimal(each.value)} ${each.unit ?? ""}`;
}

function absenceOf(each: Contribution): string {
  if (each.absence === "STALE") return `${text.staleValue}${each.observedAt === null ? "" : ` (${date(each.observedAt)})`}`;
  return text.missingValue;
}
