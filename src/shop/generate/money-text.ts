/** Hundredths of a yen as DECIMAL text: 198050 is `1980.50`. */
export function moneyText(hundredths: number): string {
  const yen = Math.floor(hundredths / 100);
  return `${yen}.${String(hundredths - yen * 100).padStart(2, '0')}`;
}
