import assert from 'node:assert/strict';
import test from 'node:test';
import stringWidth from 'string-width';
import { textWidth } from '../../src/cli/format/text-width.ts';

test('every character is as wide as string-width says, alone and between others', () => {
  for (let code = 0; code <= 0xffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const one = String.fromCharCode(code);
    for (const text of [one, `a${one}b`, `${one}${one}`])
      assert.equal(textWidth(text), stringWidth(text), `U+${code.toString(16)}`);
  }
});

test('wide characters take two columns, marks and colours none', () => {
  assert.equal(textWidth('山田 太郎'), 9);
  assert.equal(textWidth('\u001b[1mdp\u001b[0m'), 2);
  assert.equal(textWidth('が'), 2);
  assert.equal(textWidth('👩‍👩‍👧'), 2);
});
