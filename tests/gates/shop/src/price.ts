/** The price with its tax, in cents. */
export function withTax(cents: number, percent: number): number {
  if (!Number.isInteger(cents) || cents < 0) {
    throw new RangeError(`${String(cents)} is not a price in cents`);
  }
  return Math.round(cents * (1 + percent / 100));
}
