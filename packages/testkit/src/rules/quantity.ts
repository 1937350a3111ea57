const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(?:(m|[kMGTPE]|[KMGTPE]i)|[eE](-?\d+))?$/;

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A Kubernetes quantity as a number: `500m` is 0.5, `4Gi` is 4294967296; undefined if it isn't one.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: unknown): number | undefined {
  const [, digits, suffix, exponent] = typeof quantity === "string" ? (QUANTITY.exec(quantity) ?? []) : [];
  if (digits === undefined) return undefined;
  return (
    Number(digits) * (suffix === undefined ? 10 ** Number(exponent ?? 0) : (FACTORS[suffix] ?? Number.NaN))
  );
}
