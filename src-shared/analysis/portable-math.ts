/**
 * Logarithm and power by additions, multiplications and divisions only, whose last bit every machine agrees on: that of `Math.log2` and
 * `Math.pow` is the engine's choice, and a search that decides by it would not be the same everywhere.
 */

/** log2 of a number > 0: log2 m = 2/ln 2 · artanh((m − 1)/(m + 1)) after scaling m to 1/√2 … √2. */
export function log2(value: number): number {
  let exponent = 0;
  let m = value;
  for (; m > Math.SQRT2; m /= 2) exponent++;
  for (; m < Math.SQRT1_2; m *= 2) exponent--;
  const t = (m - 1) / (m + 1);
  const square = t * t;
  let series = 0;
  for (let power = 23; power >= 1; power -= 2) series = series * square + 1 / power;
  return exponent + ((2 * t) / Math.LN2) * series;
}

/** 2 to the power of `exponent`: the exponential series of what is left of it beside a whole number, −½ … ½. */
export function exp2(exponent: number): number {
  const whole = Math.round(exponent);
  const x = (exponent - whole) * Math.LN2;
  let power = 1;
  for (let term = 14; term >= 1; term--) power = 1 + (x / term) * power;
  for (let left = whole; left > 0; left--) power *= 2;
  for (let left = whole; left < 0; left++) power /= 2;
  return power;
}
