const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity, such as `500m` or `4Gi`. */
export const QUANTITY = /^(\d+(?:\.\d+)?)(m|[KMGT]i?)?$/;

/** The amount behind a quantity that matches {@link QUANTITY}. */
export function amountOf(quantity: string): number {
  const [, digits, unit = ""] = QUANTITY.exec(quantity) ?? [];
  return Number(digits) * (FACTORS[unit] ?? 1);
}
