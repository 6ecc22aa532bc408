// Help as somebody reads it who has never seen dp: on 80 columns, grouped, with examples that parse.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import stringWidth from 'string-width';
import DpHelp from '../src/cli/help.ts';
import { FIRST_STEPS, HELP_GROUPS } from '../src/cli/help-groups.ts';
import { loadCommands, parseDpLine } from './support/parse-dp-line.ts';
import { repositoryRoot, runDp } from './support/run-dp.ts';

const config = await loadCommands();
const commands = config.commands.filter((command) => !command.hidden);

class HelpInMemory extends DpHelp {
  text = '';
  protected override log(...lines: string[]): void {
    this.text += `${lines.join('\n')}\n`;
  }
}

async function helpOf(id: string): Promise<string> {
  const help = new HelpInMemory(config, { maxWidth: 80, stripAnsi: true, flagSortOrder: 'none' } as never);
  await help.showHelp(id === '' ? [] : [id]);
  return help.text;
}

test('every word after dp is in one group, and its page exists', () => {
  const listed = HELP_GROUPS.flatMap((group) => group.entries);
  const tops = new Set(commands.map((command) => command.id.split(':')[0]));
  assert.deepEqual(
    listed.map((entry) => entry.name).sort(),
    [...tops].sort(),
    'src/cli/help-groups.ts lists the words after dp',
  );
  assert.deepEqual(
    listed.filter((entry) => !existsSync(join(repositoryRoot, entry.page))),
    [],
  );
});

test('what is to come first below a topic exists', () => {
  const wrong = HELP_GROUPS.flatMap((group) => group.entries).flatMap(({ name, first = [] }) =>
    first.filter((word) => !commands.some((command) => command.id.startsWith(`${name}:${word}`))),
  );
  assert.deepEqual(wrong, []);
});

test('no line of any help is wider than 80 columns, but for an example that cannot be broken', async () => {
  const wide: string[] = [];
  for (const id of ['', ...config.topics.map((topic) => topic.name), ...commands.map(({ id }) => id)]) {
    for (const line of (await helpOf(id)).split('\n')) {
      if (stringWidth(line) > 80 && !/^ {2}(\$ dp |echo )/.test(line)) wide.push(`${id}: ${line}`);
    }
  }
  assert.deepEqual(wide, []);
});

test('the first page says where to start, in fewer lines than two screens', async () => {
  const text = await helpOf('');
  assert.ok(text.indexOf('START HERE') < text.indexOf('THE DATA'));
  assert.ok(text.split('\n').length <= 75, `${text.split('\n').length} lines`);
  for (const [command] of FIRST_STEPS) await parseDpLine(`dp ${command}`);
});

test('a command shows examples before its flags, and the global flags in two lines', async () => {
  const text = await helpOf('etl:run');
  const order = ['USAGE', 'DESCRIPTION', 'EXAMPLES', '\nFLAGS', 'GLOBAL FLAGS', 'MORE'];
  const places = order.map((header) => text.indexOf(header));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
  assert.ok(!places.includes(-1), text);
  assert.match(text, /\$ dp etl run \[FLAGS\]\n/);
  assert.match(text, /--no-input/);
  assert.doesNotMatch(text, /Never ask/);
});

test('every example is a command line that its command takes', async () => {
  const wrong: string[] = [];
  for (const { id, examples = [] } of commands) {
    for (const example of examples) {
      const text = typeof example === 'string' ? example : example.command;
      const line = text.replaceAll('<%= config.bin %>', 'dp').replaceAll('<%= command.id %>', id);
      await parseDpLine(line).catch((error) => wrong.push(`${id}: ${line}: ${error.message}`));
    }
  }
  assert.deepEqual(wrong, []);
});

test('a typo under a topic and in a topic both name what was meant', async () => {
  for (const [typed, meant] of [
    [['etl', 'rnu'], 'dp etl run'],
    [['secret', 'list'], 'dp secrets list'],
    [['statsu'], 'dp status'],
  ] as const) {
    const { code, stderr } = await runDp(typed);
    assert.equal(code, 127);
    assert.match(stderr, new RegExp(`Try: ${meant}\\n`));
  }
});
