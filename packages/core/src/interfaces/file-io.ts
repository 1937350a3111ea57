/**
 * Files by location, as Iceberg sees them: whole objects, no folders, no renames.
 *
 * A location is a URI below the warehouse (`s3://bucket/wh/orders/x.parquet`), taken literally: spaces,
 * `%`, `+`, `#` and any Unicode stand for themselves and are never decoded. One that leads outside of the
 * warehouse is refused with `STORAGE.OUTSIDE_WAREHOUSE` before anything is touched.
 *
 * @see https://iceberg.apache.org/javadoc/latest/org/apache/iceberg/io/FileIO.html
 */
export interface FileIO {
  newInput(location: string): InputFile;
  newOutput(location: string): OutputFile;
  /** Deletes the file. Deleting what isn't there succeeds, as object stores have it. */
  delete(location: string): Promise<void>;
}

/** A file to read. Making one touches nothing; a missing file shows when it is read. */
export interface InputFile {
  readonly location: string;
  exists(): Promise<boolean>;
  /** Size in bytes. @throws FloeError `STORAGE.NOT_FOUND`. */
  length(): Promise<number>;
  /** The whole file, or one range of it, in memory. @throws as {@link stream}. */
  read(range?: ByteRange): Promise<Uint8Array>;
  /**
   * The file's bytes as they arrive, with back-pressure: memory stays bounded whatever the size.
   * Stopping early releases the connection.
   *
   * @throws FloeError `STORAGE.NOT_FOUND`; `STORAGE.INVALID_RANGE` for a range that starts at or past the
   * end (a range that only ends past it is cut there), or is negative.
   */
  stream(range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** Bytes from `start` (from 0) up to `end`, which is not included; to the end of the file without it. */
export interface ByteRange {
  start: number;
  end?: number;
}

/** A file to write. */
export interface OutputFile {
  readonly location: string;
  /**
   * Writes the file from bytes or a stream of them. The file is visible only when the promise resolves,
   * whole: if the source throws, the signal aborts or the process dies, nothing is to be seen, and an
   * earlier file of the same name stays as it was. A source may use a chunk's memory again once it is asked
   * for the next one.
   *
   * @throws FloeError `STORAGE.EXISTS` without `overwrite` where the file is already there; of two
   * simultaneous writers at most one succeeds.
   */
  write(data: Uint8Array | AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<void>;
  /** The same file, for reading. */
  toInputFile(): InputFile;
}

export interface WriteOptions {
  /** Replace a file that is there. Default false. */
  overwrite?: boolean;
  signal?: AbortSignal;
}
