import { startFaultyAzure } from "@floe/tooling/azure-server";
import { AZURITE_START_LIMIT_MS } from "@floe/tooling/azurite";
import { testStoreFaults } from "@floe/tooling/store-faults";
import plugin from "floe-storage-azure";

testStoreFaults(plugin, startFaultyAzure, AZURITE_START_LIMIT_MS);
