const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 9 });
const one = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const count = (n: number): string => whole.format(n);
export const oneDecimal = (n: number): string => one.format(n);

// Figures arrive as exact decimal text or as whole numbers; nothing is rounded here.
export function exact(value: number | string | null): string {
  if (value === null) return '–';
  if (typeof value === 'number') return decimal.format(value);
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(value);
  if (match === null) return value;
  return `${match[1] ?? ''}${(match[2] ?? '').replace(/\B(?=(\d{3})+$)/g, ',')}${match[3] ?? ''}`;
}

const QUALIFIERS: Record<string, string> = {
  exact: '',
  nearly: 'nearly',
  about: 'about',
  more_than: 'more than',
  at_least: 'at least',
};
export const qualifier = (word: string): string => QUALIFIERS[word] ?? word;

export const words = (word: string): string => word.replaceAll('_', ' ');

// "2025-03-11T22:14:00-05:00" → day, clock, zone as the source states it.
export function moment(time: string | null): { day: string; clock: string; zone: string } {
  const match = time === null ? null : /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(.*)$/.exec(time);
  return match === null
    ? { day: '', clock: '', zone: '' }
    : { day: match[1] ?? '', clock: match[2] ?? '', zone: match[3] === 'Z' ? 'UTC' : (match[3] ?? '') };
}

// Milliseconds for differences within one thread; NaN when the row has no time.
export function instant(time: string | null): number {
  return time === null ? NaN : Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`);
}

export function span(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  return hours < 72 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

export const short = (hash: string): string => (hash.length > 12 ? `${hash.slice(0, 12)}…` : hash);
