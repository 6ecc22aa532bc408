import { javaDouble } from '../scalar/numbers.ts';

/** JSON's number as Trino writes it: whole numbers as written, others as the double they are. */
export function canonicalNumber(text: string): string {
  if (text === '-0') return '0';
  return /^-?\d+$/.test(text) ? text : javaDouble(Number(text));
}
