import { S3Storage } from "floe-storage-s3/s3-storage";

/** S3 at an address of one's own. */
export class MinioStorage extends S3Storage {}
