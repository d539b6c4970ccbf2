/** A key that names one command for ever. */
export function newKey(): string {
  return crypto.randomUUID();
}
