import { MINIO_START_LIMIT_MS } from "@floe/tooling/minio";
import { s3Access, startS3 } from "@floe/tooling/s3-server";
import { testStoreVolume } from "@floe/tooling/store-volume";
import plugin from "floe-storage-s3";

testStoreVolume(
  plugin,
  import.meta.resolve("floe-storage-s3"),
  async () => {
    const minio = await startS3();
    return "missing" in minio ? minio : { ...minio, access: s3Access(minio, minio.url, minio.credentials) };
  },
  MINIO_START_LIMIT_MS,
);
