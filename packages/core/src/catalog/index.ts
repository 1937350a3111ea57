export { catalogName, catalogNameLevels } from "./names.ts";
export {
  type ClaimVerdict,
  claimProperties,
  claimRefusal,
  judgeClaim,
  type ProductIdentity,
  repositoryName,
} from "./product-claim.ts";
