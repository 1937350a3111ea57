import { FloeError } from "../errors/floe-error.ts";

/** Who a product is, to a catalog that other products share. */
export interface ProductIdentity {
  /** Domain and product, unique in the company: `sales.orders_360`. */
  id: string;
  name: string;
  version: string;
  /** Where its source is kept, as {@link repositoryName} gives it; empty where that isn't known. */
  repository: string;
  /** Who answers for it; empty where nobody is named. */
  owner: string;
}

/** What a claim of a namespace comes to. */
export type ClaimVerdict =
  /** Nobody holds it. */
  | { state: "free" }
  /** The product holds it; `stale` where what stands there (a version, an owner) is no longer so. */
  | { state: "held"; stale: boolean }
  /** Another product, or the same one in another repository, holds it. */
  | { state: "taken"; holder: ProductIdentity };

const PREFIX = "floe.product.";
const PARTS = ["id", "name", "version", "repository", "owner"] as const;

/** The namespace properties by which a product claims a namespace: `floe.product.id` and so on. */
export function claimProperties(identity: ProductIdentity): Record<string, string> {
  const known = PARTS.filter((part) => identity[part] !== "");
  return Object.fromEntries(known.map((part) => [PREFIX + part, identity[part]]));
}

/**
 * Whether a product may write to a namespace with these properties.
 *
 * A namespace is held by one product of one repository. Where the holder's repository isn't known, any
 * repository of the same product may take it, since nothing says that it is another; a product whose own
 * repository isn't known can't take one that a repository holds.
 */
export function judgeClaim(
  properties: Readonly<Record<string, string>>,
  identity: ProductIdentity,
): ClaimVerdict {
  const of = (part: (typeof PARTS)[number]): string => properties[PREFIX + part] ?? "";
  const [id, name, version, repository, owner] = PARTS.map(of) as [string, string, string, string, string];
  if (id === "") return { state: "free" };
  if (id !== identity.id || (repository !== "" && repository !== identity.repository)) {
    return { state: "taken", holder: { id, name, version, repository, owner } };
  }
  return { state: "held", stale: PARTS.some((part) => of(part) !== identity[part]) };
}

/** The refusal of a claim, for people: who holds the namespace, and what to do. */
export function claimRefusal(
  namespace: string,
  holder: ProductIdentity,
  identity: ProductIdentity,
): FloeError {
  const where = holder.repository === "" ? "" : ` of ${holder.repository}`;
  const owner = holder.owner === "" ? "" : ` ${holder.owner} answers for it.`;
  const same = holder.id === identity.id;
  const mine = identity.repository === "" ? "a repository that isn't known" : identity.repository;
  return new FloeError(
    "CATALOG.CLAIMED",
    `The namespace ${namespace} belongs to the product ${holder.id}${where}.`,
    {
      why: same
        ? `This is the same product in ${mine}.${owner}`
        : `This is the product ${identity.id} in ${mine}.${owner}`,
      next: [
        same && identity.repository === ""
          ? `Set metadata.labels.repository in floe.yaml, or the git remote origin, if this is ${holder.repository}.`
          : "Let the product write to a namespace of its own: rename it in floe.yaml, or its dbt schema.",
        `If the namespace is to change hands, remove its properties ${PREFIX}* in the catalog.`,
      ],
    },
  );
}

/**
 * A repository's address in one spelling, whichever way it is reached: `github.com/acme/orders` for
 * `git@github.com:acme/orders.git`, `https://user:secret@github.com/acme/orders.git` and `ssh://...` alike.
 * Credentials are left out. Empty for a path of one machine, which says nothing elsewhere.
 */
export function repositoryName(address: string): string {
  const text = address.trim();
  const scp = /^(?:[^@/\s]+@)?([^:/\s]{2,}):(?!\/\/)(.+)$/.exec(text);
  const url = scp === null && URL.canParse(text) ? new URL(text) : undefined;
  // A name without a scheme that was written by hand: github.com/acme/orders.
  const plain =
    scp === null && url === undefined ? /^([\w-]+(?:\.[\w-]+)+(?::\d+)?)\/(.+)$/.exec(text) : null;
  const [host, path] =
    url !== undefined ? [url.host, url.pathname] : [(scp ?? plain)?.[1] ?? "", (scp ?? plain)?.[2] ?? ""];
  const trimmed = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return host === "" || trimmed === "" ? "" : `${host.toLowerCase()}/${trimmed}`;
}
