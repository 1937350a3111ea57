import type { FileIO, InputFile, OutputFile } from "@floe/core";
import { azureError } from "./azure-error.ts";
import type { Container } from "./container.ts";
import { AzureInputFile } from "./input-file.ts";
import { AzureOutputFile } from "./output-file.ts";

export class AzureFileIO implements FileIO {
  readonly #container: Container;

  constructor(container: Container) {
    this.#container = container;
  }

  newInput(location: string): InputFile {
    return new AzureInputFile(location, this.#container);
  }

  newOutput(location: string): OutputFile {
    return new AzureOutputFile(location, this.#container);
  }

  async delete(location: string): Promise<void> {
    const name = this.#container.warehouse.keyOf(location);
    const { signal } = this.#container.context;
    try {
      await this.#container.request(
        (client, { signal: abortSignal }) => client.getBlobClient(name).delete({ abortSignal }),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      const reason = azureError(error, this.#container, { location, doing: "deleted" });
      if (reason.code !== "STORAGE.NOT_FOUND") throw reason;
    }
  }
}
