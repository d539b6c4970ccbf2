/** Bands, paces and priorities: a word beside a shape, so that no meaning hangs on colour alone. */
import type { AlertSeverity, Band, Pace, Priority } from "../generated/operations";
import { decimal } from "../formats";
import { words } from "../words";

const SHAPES: Record<Band, string> = { HEALTHY: "●", NEUTRAL: "◐", AT_RISK: "▲" };

export function BandBadge({ band, score }: { band: Band | null; score?: number | null }) {
  if (band === null) return <span class="badge unknown">{words.noBand}</span>;
  return (
    <span class={`badge ${band.toLowerCase()}`}>
      <span aria-hidden="true">{SHAPES[band]}</span> {words.bands[band]}
      {score == null ? "" : ` ${decimal(score)}`}
    </span>
  );
}

/** Whether an account keeps to the time of its stage; where its journey has ended there is none to keep to. */
export function PaceBadge({ stage }: { stage: { pace: Pace; isFinal: boolean } }) {
  if (stage.isFinal && stage.pace === "ON_TRACK") return <span class="badge unknown">{words.journeyEnded}</span>;
  return <span class={`badge pace-${stage.pace.toLowerCase()}`}>{words.paces[stage.pace]}</span>;
}

export function PriorityBadge({ priority }: { priority: Priority }) {
  return <span class={`badge priority-${priority.toLowerCase()}`}>{words.priorities[priority]}</span>;
}

export function SeverityBadge({ severity }: { severity: AlertSeverity }) {
  const tone = severity === "CRITICAL" ? "high" : severity.toLowerCase();
  return <span class={`badge priority-${tone}`}>{words.alertSeverities[severity]}</span>;
}
