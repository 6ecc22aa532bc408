// Where nobody can be asked, an answer is missing: that is said with the flag that gives it, and nothing is done.
import assert from 'node:assert/strict';
import test from 'node:test';
import { askStopOrLeave, askText, confirmByName, confirmMild } from '../../src/cli/prompts.ts';

const nobody = { interactive: false, yes: false, signal: new AbortController().signal };

test('a mild question names --yes, which answers it', async () => {
  await assert.rejects(confirmMild('Showing the password', nobody), {
    code: 'confirmation-needed',
    kind: 'confirmation',
    nextSteps: ['Pass --yes if you are sure.'],
  });
  await confirmMild('Showing the password', { ...nobody, yes: true });
});

test('what cannot be undone wants its name, and --yes is not enough', async () => {
  const what = 'Destroying the environment local deletes its database';
  await assert.rejects(confirmByName({ what, name: 'local', given: undefined }, { ...nobody, yes: true }), {
    code: 'confirmation-needed',
    nextSteps: ['Pass --confirm local if you are sure.'],
  });
  await assert.rejects(confirmByName({ what, name: 'local', given: 'staging' }, nobody), {
    code: 'wrong-confirmation',
    nextSteps: ['Pass --confirm local.'],
  });
  await confirmByName({ what, name: 'local', given: 'local' }, nobody);
});

test('a text without a default is an error that names its flag', async () => {
  await assert.rejects(askText({ what: 'a name', flag: '--name NAME' }, nobody), {
    code: 'missing-answer',
    kind: 'usage',
    nextSteps: ['Pass --name NAME.'],
  });
});

test('runs on AWS are left alone where nobody says what to do with them', async () => {
  assert.equal(await askStopOrLeave(['jr_1'], nobody), 'leave');
});
