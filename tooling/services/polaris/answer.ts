/** What a server answers with. */
export interface Answer {
  status: number;
  body?: unknown;
}

/** A refusal, by Iceberg's error model, which Polaris' two APIs share. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.answer = { status, body: { error: { message, type, code: status } } };
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, "NotFoundException", `${what} not found`);
export const exists = (what: string): Refusal =>
  new Refusal(409, "AlreadyExistsException", `${what} already exists`);
export const forbidden = (who: string, what: string): Refusal =>
  new Refusal(403, "ForbiddenException", `Principal '${who}' isn't authorized for op ${what}`);
