/** Why a value cannot stand in its column of the target. Told by `instanceof`; one object per reason is made beforehand. */
export class Fault {
  /** A stable word, for example `nul_in_text`. */
  readonly code: string;
  /** A sentence without the value itself, since it reaches logs. */
  readonly message: string;

  constructor(code: string, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** The first fault of a row; `column` is a position among the columns. */
export class RowFault {
  readonly fault: Fault;
  readonly column: number;

  constructor(fault: Fault, column: number) {
    this.fault = fault;
    this.column = column;
  }
}
