import type { Command } from '@oclif/core/command';
import { CommandHelp, Help } from '@oclif/core/help';
import type { Topic } from '@oclif/core/interfaces';
import { globalFlags } from './flags.ts';
import { FIRST_STEPS, HELP_GROUPS, type HelpEntry, type HelpGroup } from './help-groups.ts';

type Row = [string, string | undefined];
type Section = { header: string; generate: (...given: never[]) => unknown };

const GLOBAL = 'GLOBAL';

/** The help of one command: what it is for and how it is used comes first; what every command takes, in two lines. */
class DpCommandHelp extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const all = super.sections();
    const byHeader = (header: string) => all.filter((section) => section.header === header);
    const ours: Section[] = [
      { header: 'GLOBAL FLAGS', generate: () => this.globalFlagsInShort() },
      { header: 'MORE', generate: () => pageOf(this.command.id) },
    ];
    return [
      ...['USAGE', 'DESCRIPTION', 'EXAMPLES', 'ARGUMENTS', 'FLAGS'].flatMap(byHeader),
      ...(ours as typeof all),
    ];
  }

  /** oclif would repeat the summary, and list every flag of every command. */
  protected override description(): string | undefined {
    return this.wrap(this.command.description ?? '');
  }

  protected override defaultUsage(): string {
    const args = Object.values(this.command.args ?? {}).filter((arg) => !arg.hidden);
    const flags = Object.values(this.command.flags).filter((flag) => flag.required === true);
    const needed = flags.map((flag) => `--${flag.name} ${'helpValue' in flag ? flag.helpValue : ''}`.trim());
    const rest = this.command.strict === false ? ['[-- PROGRAM…]'] : [];
    const words = [...args.map((arg) => this.arg(arg)), ...needed, '[FLAGS]', ...rest];
    return [this.command.id, ...words].join(' ');
  }

  protected override flags(flags: Command.Flag.Any[]): [string, string | undefined][] | undefined {
    return super.flags(flags.filter((flag) => flag.helpGroup !== GLOBAL));
  }

  private globalFlagsInShort(): string {
    const names = Object.entries(globalFlags).map(([name, flag]) =>
      flag.type === 'boolean' ? `--${name}` : `--${name} ${flag.helpValue}`,
    );
    return this.wrap(`${names.join(', ')}: dp --help explains them.`);
  }
}

/** oclif's help, with the words after `dp` in groups instead of in the order of the alphabet. */
export default class DpHelp extends Help {
  protected override CommandHelpClass = DpCommandHelp;

  protected override async showRootHelp(): Promise<void> {
    const { bin, pjson } = this.config;
    const steps = FIRST_STEPS.map(([command, what]): Row => [`$ ${bin} ${command}`, what]);
    const parts = [
      pjson.description ?? '',
      this.section('USAGE', `$ ${bin} COMMAND [FLAGS]`),
      this.section('START HERE', this.list(steps)),
      ...HELP_GROUPS.map((group) => this.section(group.title, this.list(this.rowsOf(group)))),
      this.section('GLOBAL FLAGS', this.list(globalFlagRows())),
      this.section(
        'MORE',
        this.wrap(
          `${bin} COMMAND --help says how it is used; … stands for more words, which ${bin} etl --help lists. Without --env NAME everything happens in the environment local, on this machine. README.md and docs/ explain the rest.`,
        ),
      ),
    ];
    this.log(`${parts.join('\n\n')}\n`);
  }

  override get sortedCommands(): Command.Loadable[] {
    return super.sortedCommands.sort((a, b) => rankOf(a.id) - rankOf(b.id));
  }

  protected override async showTopicHelp(topic: Topic): Promise<void> {
    await super.showTopicHelp(topic);
    this.log(`${this.section('MORE', pageOf(topic.name))}\n`);
  }

  private list(rows: Row[]): string {
    return this.renderList(rows, { indentation: 2, spacer: '\n', stripAnsi: this.opts.stripAnsi ?? false });
  }

  /** What no command line here knows is left out: a group may name a command that this build does not have. */
  private rowsOf(group: HelpGroup): Row[] {
    return group.entries.flatMap(({ name }): Row[] => {
      const command = this.sortedCommands.find((one) => one.id === name);
      const topic = this.sortedTopics.find((one) => one.name === name);
      if (command === undefined && topic === undefined) return [];
      const words = command?.summary ?? topic?.description;
      return [[topic === undefined ? name : `${name} …`, words]];
    });
  }
}

function globalFlagRows(): Row[] {
  return Object.entries(globalFlags).map(([name, flag]) => {
    const char = 'char' in flag && flag.char !== undefined ? `, -${flag.char}` : '';
    const value = flag.type === 'boolean' ? '' : ` ${flag.helpValue}`;
    return [`--${name}${value}${char}`, flag.description];
  });
}

function entryOf(id: string): HelpEntry | undefined {
  const top = id.split(/[: ]/)[0];
  return HELP_GROUPS.flatMap((group) => group.entries).find((entry) => entry.name === top);
}

function pageOf(id: string): string {
  return entryOf(id)?.page ?? 'docs/';
}

/** Where a command stands in its topic's list. Sorting is stable: equals keep to the alphabet. */
function rankOf(id: string): number {
  const { first = [] } = entryOf(id) ?? {};
  const place = first.indexOf(id.split(/[: ]/)[1] ?? '');
  return place === -1 ? first.length : place;
}
