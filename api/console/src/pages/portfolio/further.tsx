/** The figures below the first screen, whose code is loaded when one comes near. */
import type { Choices } from "../../parts/address";
import { ComplianceFigure } from "./figures/compliance";
import { CoverageFigure } from "./figures/coverage";
import { CtaFigure } from "./figures/ctas";
import { GapsFigure } from "./figures/gaps";
import { HealthyMoves } from "./figures/healthy";
import { HeldFigure } from "./figures/held";
import { MilestoneFigure } from "./figures/milestones";
import { MovesFigure } from "./figures/moves";
import { FunnelFigure, PassageFigure } from "./figures/passages";
import { MoversFigure, TrendFigure } from "./figures/trends";
import { RecipesFigure } from "./figures/recipes";
import { RenewalsFigure } from "./figures/renewals";

export default function Further({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  return (
    <>
      <TrendFigure choices={choices} />
      <MovesFigure choices={choices} />
      <PassageFigure choices={choices} />
      <ComplianceFigure choices={choices} choose={choose} />
      <MilestoneFigure choices={choices} choose={choose} />
      <RenewalsFigure choices={choices} />
      <HealthyMoves choices={choices} choose={choose} />
      <CtaFigure choices={choices} />
      <MoversFigure choices={choices} />
      <GapsFigure choices={choices} />
      <HeldFigure choices={choices} isWide />
      <FunnelFigure choices={choices} />
      <RecipesFigure choices={choices} />
      <CoverageFigure choices={choices} />
    </>
  );
}
