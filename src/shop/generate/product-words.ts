/** A category: its code in the SKU, the words its product names are made of, and its range of prices in yen. */
export interface CategoryWords {
  readonly code: string;
  readonly category: string;
  readonly kinds: readonly string[];
  readonly sizes: readonly string[];
  readonly priceFrom: number;
  readonly priceTo: number;
}

export const qualities: readonly string[] = [
  '有機',
  '国産',
  '北海道産',
  '特選',
  'お徳用',
  '職人仕込み',
  '無添加',
  '定番',
  'プレミアム',
  '季節限定',
];

export const categories: readonly CategoryWords[] = [
  words('TEA', 'お茶', ['緑茶', 'ほうじ茶', '紅茶', '抹茶'], ['100g', '200g', '50包'], [600, 3800]),
  words('COF', 'コーヒー', ['深煎り豆', '浅煎り豆', 'ドリップバッグ'], ['200g', '500g', '30個'], [800, 4800]),
  words('SWT', '和菓子', ['どら焼き', '最中', '羊羹', '大福'], ['5個', '10個', '詰め合わせ'], [700, 5400]),
  words('RIC', '米・雑穀', ['コシヒカリ', 'ゆめぴりか', '十六穀'], ['2kg', '5kg', '10kg'], [900, 7200]),
  words('KIT', 'キッチン', ['包丁', 'まな板', '鉄フライパン', '土鍋'], ['小', '中', '大'], [1500, 18000]),
  words('TBL', '食器', ['湯呑み', '小鉢', '箸置き', '丼'], ['1個', '2個組', '5個組'], [500, 9800]),
  words('STA', '文具', ['ノート', '万年筆', '付箋', '手帳'], ['A5', 'B5', 'A4'], [200, 12000]),
  words('BTH', 'バス用品', ['今治タオル', '入浴剤', 'ヒノキ桶'], ['1点', '3点', 'ギフト箱'], [400, 6600]),
  words('CLO', '衣料', ['靴下', 'Tシャツ', '作務衣', '手ぬぐい'], ['S', 'M', 'L'], [600, 14000]),
  words('GIF', 'ギフト', ['カタログ', '詰め合わせ', '商品券'], ['竹', '松', '梅'], [3000, 30000]),
];

function words(
  code: string,
  category: string,
  kinds: readonly string[],
  sizes: readonly string[],
  prices: readonly [number, number],
): CategoryWords {
  return { code, category, kinds, sizes, priceFrom: prices[0], priceTo: prices[1] };
}
