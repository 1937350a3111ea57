import { randomBytes } from "node:crypto";
import type { ComputeConfig, ConnectOptions, DatabaseConnection } from "@floe/core";
import type { ComputeTestOptions } from "../../options.ts";
import type { Subject } from "../../session/subject.ts";

/** What a product asks of the engine, in the rule's folder. */
export function computeConfig({ options, dir }: Subject<"compute">): ComputeConfig {
  return { productName: "testkit", target: "dev", projectDir: dir, ...options.computeConfig };
}

/** For rules that need an engine that is alive. */
export const offline = ({ offline }: ComputeTestOptions): string | undefined => offline;

/** For rules that write to it. */
export const notWritable = (options: ComputeTestOptions): string | undefined =>
  options.offline ?? options.notWritable;

export type Connect = (options?: ConnectOptions) => Promise<DatabaseConnection>;

/**
 * Connections to the author's engine, closed when the rule is done. One for writing was opened and closed
 * before, where that is allowed: a database in a file can't be opened to read before it was made.
 */
export async function openEngine(subject: Subject<"compute">): Promise<Connect> {
  const { plugin } = await subject.start();
  const connect: Connect = async (options) => {
    const connection = await plugin.connect(computeConfig(subject), options);
    subject.later(() => connection.close());
    return connection;
  };
  if (subject.options.notWritable === undefined) await (await connect({ readOnly: false })).close();
  return connect;
}

/** A table's name that no one else has. */
export const tableName = (): string => `floe_testkit_${randomBytes(6).toString("hex")}`;
