import { visible } from './visible.ts';

/** An HTTP body for a person and for `--json`: JSON is laid out, anything else is text; controls are made visible. */
export function bodyText(body: string): { readonly text: string; readonly value: unknown } {
  if (body === '') return { text: '', value: null };
  try {
    const value: unknown = JSON.parse(body);
    return { text: visible(JSON.stringify(value, null, 2), { keepNewlines: true }), value };
  } catch {
    return { text: visible(body, { keepNewlines: true }), value: body };
  }
}
