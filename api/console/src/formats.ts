/** Dates and numbers as the reader's locale writes them. */
const DAY_MS = 86_400_000;

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const instants = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const months = new Intl.DateTimeFormat(undefined, { month: "short", year: "2-digit", timeZone: "UTC" });
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 3 });
const shares = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
const lengths = { style: "unit", unitDisplay: "long", maximumFractionDigits: 0 } as const;
const days = new Intl.NumberFormat(undefined, { ...lengths, unit: "day" });
const shortDays = new Intl.NumberFormat(undefined, { ...lengths, unit: "day", unitDisplay: "short" });
const inSeconds = new Intl.NumberFormat(undefined, { ...lengths, unit: "second" });
const minutes = new Intl.NumberFormat(undefined, { ...lengths, unit: "minute" });
const hours = new Intl.NumberFormat(undefined, { ...lengths, unit: "hour" });

export function date(iso: string): string {
  return dates.format(new Date(iso));
}

export function instant(iso: string): string {
  return instants.format(new Date(iso));
}

/** A month that is written as `2026-03`. */
export function month(text: string): string {
  return months.format(new Date(`${text}-01T00:00:00Z`));
}

/** A whole number. */
export function count(value: number): string {
  return whole.format(value);
}

/** A number with at most two digits after the point. */
export function decimal(value: number): string {
  return fine.format(value);
}

/** A large number in three digits and a word. */
export function compact(value: number): string {
  return short.format(value);
}

/** A change, with its sign. */
export function change(value: number): string {
  return signed.format(value);
}

/** A share of 1 in per cent. */
export function percent(share: number): string {
  return shares.format(share);
}

/** An amount in three digits; with its currency where the unit is the code of one. */
export function money(value: number, unit: string | null): string {
  if (unit === null || !/^[A-Z]{3}$/.test(unit)) return `${compact(value)}${unit === null ? "" : ` ${unit}`}`;
  return new Intl.NumberFormat(undefined, { style: "currency", currency: unit, notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

/** Whole days, in words or short. */
export function inDays(value: number, isShort = false): string {
  return (isShort ? shortDays : days).format(value);
}

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/;

/** The milliseconds of an ISO 8601 duration in days, hours, minutes and seconds. */
export function milliseconds(iso: string): number {
  const [, d = "0", h = "0", m = "0", s = "0"] = ISO.exec(iso) ?? [];
  return ((Number(d) * 24 + Number(h)) * 60 + Number(m)) * 60_000 + Number(s) * 1000;
}

/** The days of a duration; null where there is none. */
export function daysOf(iso: string | null): number | null {
  return iso === null ? null : milliseconds(iso) / DAY_MS;
}

/** A duration in whole days, or in hours below two days. */
export function span(iso: string): string {
  const length = milliseconds(iso);
  return length < 2 * DAY_MS ? hours.format(length / 3_600_000) : days.format(length / DAY_MS);
}

/** Seconds as a reader says them: below two minutes, two hours and two days in the smaller unit. */
export function lasting(seconds: number): string {
  if (seconds < 120) return inSeconds.format(seconds);
  if (seconds < 7200) return minutes.format(seconds / 60);
  return seconds < 172_800 ? hours.format(seconds / 3600) : days.format(seconds / 86_400);
}

/** How long before `asOf` something was, in whole days or hours; never below 0. */
export function age(iso: string, asOf: string): string {
  const length = Math.max(0, Date.parse(asOf) - Date.parse(iso));
  return length < 2 * DAY_MS ? hours.format(length / 3_600_000) : days.format(length / DAY_MS);
}
