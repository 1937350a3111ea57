import { inParts, slices } from "./parts.ts";
import { untilAborted } from "./until-aborted.ts";

/**
 * What a file is written from, in the parts of an upload. They share the caller's memory where it gave bytes;
 * of a stream they are copies, whose memory is used again once it was handed back.
 */
export class OutgoingParts implements Disposable {
  /** Aborts with the plugin or with the caller. */
  readonly signal: AbortSignal;
  /** The parts after the first. What the source throws comes as it is. */
  readonly rest: AsyncGenerator<Uint8Array, void>;
  readonly #spent: ArrayBuffer[] | undefined;

  /**
   * @param sizeOf As {@link inParts} has it.
   * @throws the reason of a signal that has aborted.
   */
  constructor(
    data: Uint8Array | AsyncIterable<Uint8Array>,
    sizeOf: (index: number) => number,
    signals: readonly [AbortSignal, AbortSignal | undefined],
  ) {
    const [always, signal] = signals;
    this.signal = signal === undefined ? always : AbortSignal.any([always, signal]);
    this.signal.throwIfAborted();
    this.#spent = data instanceof Uint8Array ? undefined : [];
    this.rest =
      data instanceof Uint8Array
        ? slices(data, sizeOf)
        : inParts(untilAborted(data, this.signal), sizeOf, this.#spent);
  }

  /** The first part, to be asked for once and before the others; of no bytes where there is none. */
  async first(): Promise<Uint8Array> {
    const { value } = await this.rest.next();
    return value ?? new Uint8Array();
  }

  /** Hands back the memory of a part that nobody needs any more. */
  readonly handBack = ({ buffer }: Uint8Array): void => {
    if (buffer instanceof ArrayBuffer) this.#spent?.push(buffer);
  };

  /** Tells a source that has more; one that is stuck isn't waited for. */
  [Symbol.dispose](): void {
    void this.rest.return().catch(() => {});
  }
}
