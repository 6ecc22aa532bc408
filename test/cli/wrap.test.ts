import assert from 'node:assert/strict';
import test from 'node:test';
import stringWidth from 'string-width';
import { wrap } from '../../src/cli/format/wrap.ts';

test('lines are broken between words, and what goes on stands further in', () => {
  assert.equal(wrap('one two three four', 10), 'one two\n  three\n  four');
  assert.equal(wrap('  - one two three', 12), '  - one two\n    three');
  assert.equal(wrap('short\nlines stay', 20), 'short\nlines stay');
});

test('a word that is too wide by itself stays whole', () => {
  assert.equal(
    wrap('see /a/very/long/path/of/something now', 12),
    'see\n  /a/very/long/path/of/something\n  now',
  );
});

test('wide characters count as two columns, and colours as none', () => {
  for (const line of wrap('東京都 千代田区 丸の内 \u001b[32m一丁目\u001b[0m 九番', 16).split('\n')) {
    assert.ok(stringWidth(line) <= 16, line);
  }
  assert.equal(wrap('\u001b[31mred\u001b[0m fits', 8), '\u001b[31mred\u001b[0m fits');
});
