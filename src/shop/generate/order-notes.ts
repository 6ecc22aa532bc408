import type { Random } from '../../std/random.ts';

/** Of all orders: how many carry no note (NULL), an empty one, and one that breaks careless software. */
const NULL_SHARE = 0.82;
const EMPTY_SHARE = 0.03;
const AWKWARD_SHARE = 0.01;

const usual: readonly string[] = [
  '置き配希望',
  '午前中に届けてください',
  'ギフト包装をお願いします',
  '領収書が必要です',
  '宅配ボックスへ',
  '不在の場合は管理人室へ',
  '19時以降の配達希望',
  'のし紙：御祝',
];

/** Every text here has spoilt somebody's export: quotes, separators, line ends, escapes, look-alikes of NULL. */
export const awkwardNotes: readonly string[] = [
  '誕生日プレゼントです🎁🎂',
  '絵文字の家族 👨‍👩‍👧‍👦 と旗 🇯🇵',
  'タブ\t区切り\tのメモ',
  '一行目\n二行目\r\n三行目',
  '"引用符", カンマ, \'一重\'',
  'C:\\荷物\\玄関',
  '末尾がバックスラッシュ\\',
  '\\N',
  'NULL',
  '=1+1',
  ' 前後に空白 ',
  "'; DROP TABLE orders; --",
  '全角　空白と〜波線−',
  '100%_確認',
];

export function pickOrderNote(random: Random): string | null {
  const share = random.fraction();
  if (share < NULL_SHARE) return null;
  if (share < NULL_SHARE + EMPTY_SHARE) return '';
  const list = share >= 1 - AWKWARD_SHARE ? awkwardNotes : usual;
  return list[random.below(list.length)] ?? null;
}
