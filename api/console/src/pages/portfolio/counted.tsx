/** A number, and the way to the accounts behind it. */
import { count } from "../../formats";
import type { Column } from "../../parts/charts/figure";
import { countedBy } from "./scope";

/** None is written without a link: there is nobody to see. */
export function Counted({ value, address }: { value: number; address: string }) {
  return value === 0 ? <>{count(value)}</> : <a href={countedBy(address)}>{count(value)}</a>;
}

/** A column of numbers that lead to their accounts. */
export function counting<Row>(title: string, value: (row: Row) => number, address: (row: Row) => string): Column<Row> {
  return { title, value, shown: (row) => <Counted value={value(row)} address={address(row)} />, isNumber: true };
}
