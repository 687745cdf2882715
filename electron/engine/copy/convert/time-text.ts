const zero = 0x30;

/**
 * Takes a date, a time or both apart, as SQLite, PostgreSQL and MySQL write them. One object serves a whole column, so that a
 * million values need no other one; its fields hold what the last `read` found.
 */
export class TimeText {
  text = '';
  hasDate = false;
  hasTime = false;
  year = 0;
  month = 0;
  day = 0;
  negative = false;
  hours = 0;
  minutes = 0;
  seconds = 0;
  /** Digits of the fraction are `text.slice(fractionFrom, fractionTo)`, without zeros at their end. */
  fractionFrom = 0;
  fractionTo = 0;
  /** Minutes to the east; null when no zone is named. */
  zone: number | null = null;
  beforeChrist = false;
  #at = 0;

  /** False when the text is none of these. */
  read(text: string): boolean {
    this.text = text;
    this.hasDate = false;
    this.hasTime = false;
    this.negative = false;
    this.hours = 0;
    this.minutes = 0;
    this.seconds = 0;
    this.fractionFrom = 0;
    this.fractionTo = 0;
    this.zone = null;
    this.beforeChrist = false;
    this.#at = 0;
    if (text.charCodeAt(2) === 0x3a || text.charCodeAt(3) === 0x3a || text.charCodeAt(0) === 0x2d)
      return this.#onlyTime();
    if (!this.#date()) return false;
    const separator = text.charCodeAt(this.#at);
    if ((separator === 0x20 || separator === 0x54 || separator === 0x74) && isDigit(text.charCodeAt(this.#at + 1))) {
      this.#at += 1;
      if (!this.#time(2)) return false;
    }
    if (text.startsWith(' BC', this.#at)) {
      this.beforeChrist = true;
      this.#at += 3;
    }
    return this.#at === text.length;
  }

  #onlyTime(): boolean {
    if (this.text.charCodeAt(0) === 0x2d) {
      this.negative = true;
      this.#at = 1;
    }
    return this.#time(3) && this.zone === null && this.#at === this.text.length;
  }

  #date(): boolean {
    const start = this.#at;
    let year = 0;
    while (isDigit(this.text.charCodeAt(this.#at))) {
      year = year * 10 + this.text.charCodeAt(this.#at) - zero;
      this.#at += 1;
    }
    const length = this.#at - start;
    if (length < 4 || length > 7) return false;
    this.year = year;
    this.month = this.#pair(0x2d);
    this.day = this.#pair(0x2d);
    this.hasDate = true;
    return this.month >= 0 && this.day >= 0;
  }

  /** A separator and two digits; -1 when they are not there. */
  #pair(separator: number): number {
    if (this.text.charCodeAt(this.#at) !== separator) return -1;
    const tens = this.text.charCodeAt(this.#at + 1);
    const ones = this.text.charCodeAt(this.#at + 2);
    if (!isDigit(tens) || !isDigit(ones)) return -1;
    this.#at += 3;
    return (tens - zero) * 10 + ones - zero;
  }

  #time(mostHourDigits: number): boolean {
    const start = this.#at;
    let hours = 0;
    while (isDigit(this.text.charCodeAt(this.#at))) {
      hours = hours * 10 + this.text.charCodeAt(this.#at) - zero;
      this.#at += 1;
    }
    const length = this.#at - start;
    if (length < 2 || length > mostHourDigits) return false;
    this.hours = hours;
    this.minutes = this.#pair(0x3a);
    if (this.minutes < 0 || this.minutes > 59) return false;
    this.hasTime = true;
    if (this.text.charCodeAt(this.#at) === 0x3a) {
      this.seconds = this.#pair(0x3a);
      if (this.seconds < 0 || this.seconds > 59) return false;
      if (this.text.charCodeAt(this.#at) === 0x2e && !this.#fraction()) return false;
    }
    return this.#zone();
  }

  #fraction(): boolean {
    this.#at += 1;
    this.fractionFrom = this.#at;
    this.fractionTo = this.#at;
    while (isDigit(this.text.charCodeAt(this.#at))) {
      this.#at += 1;
      if (this.text.charCodeAt(this.#at - 1) !== zero) this.fractionTo = this.#at;
    }
    return this.#at > this.fractionFrom;
  }

  #zone(): boolean {
    let at = this.#at;
    while (this.text.charCodeAt(at) === 0x20) at += 1;
    const sign = this.text.charCodeAt(at);
    if (sign === 0x5a || sign === 0x7a) {
      this.zone = 0;
      this.#at = at + 1;
    } else if (sign === 0x2b || sign === 0x2d) {
      const parts = /^[+-](\d{2})(?::?(\d{2}))?$/.exec(this.text.slice(at).replace(/ BC$/, ''));
      if (!parts) return false;
      const minutes = Number(parts[1]) * 60 + Number(parts[2] ?? 0);
      this.zone = sign === 0x2d ? -minutes : minutes;
      this.#at = at + parts[0].length;
    }
    return true;
  }
}

export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  if (day <= 28) return true;
  if (month === 2) return day === 29 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0);
  return day <= 30 || ![4, 6, 9, 11].includes(month);
}

function isDigit(unit: number): boolean {
  return unit >= zero && unit <= 0x39;
}
