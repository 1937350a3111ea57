/** A request as it goes out, without what authorizes it. */
export interface UnauthorizedRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  /** Ends what it takes to authorize. */
  signal: AbortSignal;
}

/** Says to the catalog who is asking. */
export interface Authorizer {
  /**
   * All headers of the request, with those that authorize it.
   *
   * @throws FloeError `SECRET.*`, `CONNECTION.*`.
   */
  authorize(request: UnauthorizedRequest): Promise<Readonly<Record<string, string>>>;
  /**
   * Forgets what the catalog has just refused.
   *
   * @returns Whether another attempt can have another outcome.
   */
  renew(): boolean;
  /** A text with what must not be shown struck out: servers repeat what they were sent. */
  redact(text: string): string;
}
