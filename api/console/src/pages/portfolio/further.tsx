/** The figures below the first screen, whose code is loaded when one comes near. */
import type { Choices } from "../../parts/address";
import { ComplianceFigure } from "./figures/compliance";
import { CoverageFigure } from "./figures/coverage";
import { CtaFigure } from "./figures/ctas";
import { GapsFigure } from "./figures/gaps";
import { HealthyMoves, MovesFigure } from "./figures/moves";
import { RenewalsFigure } from "./figures/renewals";

export default function Further({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  return (
    <>
      <MovesFigure choices={choices} />
      <ComplianceFigure choices={choices} choose={choose} />
      <RenewalsFigure choices={choices} />
      <HealthyMoves choices={choices} />
      <CtaFigure choices={choices} />
      <GapsFigure choices={choices} />
      <CoverageFigure choices={choices} />
    </>
  );
}
