/** Dates and numbers as the reader's locale writes them. */
const DAY_MS = 86_400_000;

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const instants = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const days = new Intl.NumberFormat(undefined, { style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 0 });
const hours = new Intl.NumberFormat(undefined, { style: "unit", unit: "hour", unitDisplay: "long", maximumFractionDigits: 0 });

export function date(iso: string): string {
  return dates.format(new Date(iso));
}

export function instant(iso: string): string {
  return instants.format(new Date(iso));
}

/** A whole number. */
export function count(value: number): string {
  return whole.format(value);
}

/** A number with at most two digits after the point. */
export function decimal(value: number): string {
  return fine.format(value);
}

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/;

/** The milliseconds of an ISO 8601 duration in days, hours, minutes and seconds. */
export function milliseconds(iso: string): number {
  const [, d = "0", h = "0", m = "0", s = "0"] = ISO.exec(iso) ?? [];
  return ((Number(d) * 24 + Number(h)) * 60 + Number(m)) * 60_000 + Number(s) * 1000;
}

/** A duration in whole days, or in hours below two days. */
export function span(iso: string): string {
  const length = milliseconds(iso);
  return length < 2 * DAY_MS ? hours.format(length / 3_600_000) : days.format(length / DAY_MS);
}
