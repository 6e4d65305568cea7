import { UserError } from '../../schema/index.ts';

/** A refusal with a stable code, for the API. */
export class Refused extends UserError {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
