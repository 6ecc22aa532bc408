// What is said of long steps where there is no terminal: the tests' stderr is none.
import assert from 'node:assert/strict';
import test from 'node:test';
import { tellSteps } from '../../src/cli/tell-steps.ts';
import { painter } from '../../src/cli/terminal.ts';

test('a long step is a line for every tenth, and its resources come with their events', () => {
  const said: string[] = [];
  const drawn: number[] = [];
  const tell = tellSteps({
    say: (text) => said.push(text),
    progress: ({ done }) => drawn.push(done),
    paint: painter(false),
  });
  tell({ step: 'shop', state: 'started', message: 'Looking at the shop' });
  for (let done = 1; done <= 100; done++) {
    const progress = { done, total: 100, what: 'orders' };
    tell({ step: 'shop', state: 'progress', message: `${done} of 100 orders`, progress });
  }
  tell({ step: 'shop', state: 'done', message: 'Made 100 orders' });
  assert.equal(said.length, 1 + 11 + 1, said.join('\n'));
  assert.deepEqual(said.slice(0, 3), ['· Looking at the shop', '› 1 of 100 orders', '› 10 of 100 orders']);
  assert.equal(drawn.length, 100);
  const resources = { done: 3, total: 40, what: 'resources' };
  tell({ step: 'network', state: 'note', message: 'CREATE_COMPLETE vpc', progress: resources });
  assert.equal(said.at(-1), '› CREATE_COMPLETE vpc');
  assert.equal(drawn.at(-1), 3);
});
