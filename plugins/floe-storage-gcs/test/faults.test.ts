import { FAKE_GCS_START_LIMIT_MS } from "@floe/tooling/fake-gcs-server";
import { startFaultyGcs } from "@floe/tooling/gcs-server";
import { testStoreFaults } from "@floe/tooling/store-faults";
import plugin from "floe-storage-gcs";

testStoreFaults(plugin, startFaultyGcs, FAKE_GCS_START_LIMIT_MS);
