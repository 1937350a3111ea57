import type { JsonObject, PluginContext, SecretReference } from "@floe/core";
import { namedKey } from "floe-storage-s3/s3-storage";
import type { MinioConfig } from "./config.ts";

/** The user that the image knows. */
const USER = 1000;
const PORT = 9000;

/**
 * A MinIO of one server as Kubernetes objects: a StatefulSet with one volume, and a Service at the host and
 * port of the endpoint. Without a namespace: Helm's own counts.
 */
export function standaloneObjects(config: MinioConfig, context: PluginContext): JsonObject[] {
  const { hostname, port, protocol } = new URL(config.endpoint);
  // `minio.lake.svc.cluster.local`: the Service is the first of these.
  const name = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?(\.|$)/.test(hostname)
    ? (hostname.split(".")[0] ?? "minio")
    : "minio";
  const labels = { "app.kubernetes.io/name": "minio", "app.kubernetes.io/instance": name };
  const metadata = { name, labels: { ...labels, "app.kubernetes.io/managed-by": "Helm" } };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        selector: labels,
        ports: [
          {
            name: protocol.slice(0, -1),
            port: Number(port) || (protocol === "https:" ? 443 : 80),
            targetPort: "s3",
          },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(config, context) },
        volumeClaimTemplates: [volumeClaim(config)],
      },
    },
  ];
}

function podSpec(config: MinioConfig, context: PluginContext): JsonObject {
  const { image, tls_secret } = config.deployment;
  const securityContext = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  };
  const data = { name: "data", mountPath: "/data" };
  const scheme = tls_secret === undefined ? "HTTP" : "HTTPS";
  const probe = (path: string): JsonObject => ({
    httpGet: { path: `/minio/health/${path}`, port: "s3", scheme },
  });
  return {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    // A folder of a server's only drive is a bucket.
    initContainers: [
      {
        name: "bucket",
        image,
        command: ["mkdir", "-p", `/data/${config.bucket}`],
        securityContext,
        volumeMounts: [data],
      },
    ],
    containers: [
      {
        name: "minio",
        image,
        // Neither is the root user's configuration folder writable, nor is there a console to offer.
        args: ["server", "/data", "--address", `:${PORT}`, "--certs-dir", "/certs"],
        env: [
          ...rootUser(config, context),
          { name: "MINIO_REGION", value: config.region },
          { name: "MINIO_BROWSER", value: "off" },
          { name: "MINIO_UPDATE", value: "off" },
        ],
        ports: [{ name: "s3", containerPort: PORT }],
        startupProbe: { ...probe("live"), periodSeconds: 2, failureThreshold: 60 },
        livenessProbe: { ...probe("live"), periodSeconds: 15 },
        readinessProbe: { ...probe("ready"), periodSeconds: 5 },
        resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "4Gi" } },
        securityContext,
        volumeMounts: [data, { name: "certs", mountPath: "/certs", readOnly: true }],
      },
    ],
    volumes: [{ name: "certs", ...certificates(tls_secret) }],
  };
}

function volumeClaim({ deployment: { storage_size, storage_class } }: MinioConfig): JsonObject {
  return {
    metadata: { name: "data" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storage_class === undefined ? {} : { storageClassName: storage_class }),
      resources: { requests: { storage: storage_size } },
    },
  };
}

/** MinIO has names of its own for what a TLS secret holds. */
function certificates(secretName: string | undefined): JsonObject {
  if (secretName === undefined) return { emptyDir: {} };
  const items = [
    { key: "tls.crt", path: "public.crt" },
    { key: "tls.key", path: "private.key" },
  ];
  return { secret: { secretName, items } };
}

/** The key that floe connects with, where it is a Kubernetes secret's; so both sides know the same one. */
function rootUser(config: MinioConfig, context: PluginContext): JsonObject[] {
  const key = namedKey(config, context);
  const from = (reference: SecretReference | undefined, preset: string): JsonObject => {
    const secret = reference?.source === "kubernetes" ? reference : undefined;
    return { secretKeyRef: { name: secret?.name ?? config.deployment.secret, key: secret?.key ?? preset } };
  };
  return [
    { name: "MINIO_ROOT_USER", valueFrom: from(key?.accessKeyId, "access_key_id") },
    { name: "MINIO_ROOT_PASSWORD", valueFrom: from(key?.secretAccessKey, "secret_access_key") },
  ];
}
