export { catalogName, catalogNameLevels } from "./names.ts";
export {
  type ClaimVerdict,
  claimProperties,
  claimRefusal,
  judgeClaim,
  type ProductIdentity,
  repositoryName,
} from "./product-claim.ts";
export { catalogSecrets, pyicebergCatalogProperties } from "./pyiceberg.ts";
