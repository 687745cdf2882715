/** Why a value cannot be had. `code` is a stable word for the quarantine, for example `not_json`. */
export class ValueFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ValueFault';
    this.code = code;
  }
}
