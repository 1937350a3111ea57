import { MINIO_START_LIMIT_MS } from "@floe/tooling/minio";
import { startFaultyS3 } from "@floe/tooling/s3-server";
import { testStoreFaults } from "@floe/tooling/store-faults";
import plugin from "floe-storage-s3";

testStoreFaults(plugin, startFaultyS3, MINIO_START_LIMIT_MS);
