import * as Flags from '@oclif/core/flags';

/** Flags that every command takes. */
export const globalFlags = {
  env: Flags.string({
    description:
      'Environment to work in: local, or one of dp.config.json. Default: DP_ENV, then the project file.',
    helpGroup: 'GLOBAL',
    helpValue: 'NAME',
  }),
  profile: Flags.string({
    description: 'AWS profile to sign in with. Default: AWS_PROFILE, then the project file.',
    helpGroup: 'GLOBAL',
    helpValue: 'NAME',
  }),
  region: Flags.string({
    description: 'AWS region. Default: AWS_REGION, then the project file.',
    helpGroup: 'GLOBAL',
    helpValue: 'REGION',
  }),
  json: Flags.boolean({
    description: 'One JSON object on stdout, also for errors; one event a line where it takes long.',
    helpGroup: 'GLOBAL',
  }),
  yes: Flags.boolean({ char: 'y', description: 'Answer yes to mild confirmations.', helpGroup: 'GLOBAL' }),
  'no-input': Flags.boolean({ description: 'Never ask; a missing answer is an error.', helpGroup: 'GLOBAL' }),
  'no-color': Flags.boolean({ description: 'No colours. NO_COLOR does the same.', helpGroup: 'GLOBAL' }),
  debug: Flags.boolean({ description: 'Say more, with stacks, on stderr.', helpGroup: 'GLOBAL' }),
  reason: Flags.string({
    description: 'Why; kept with the change in dp history.',
    helpGroup: 'GLOBAL',
    helpValue: 'TEXT',
  }),
  quiet: Flags.boolean({
    char: 'q',
    description: 'No progress on stderr; results and errors only.',
    helpGroup: 'GLOBAL',
  }),
} as const;

/** `--confirm NAME` of destructive commands: types the name ahead of time. */
export const confirmFlag = Flags.string({
  description: 'Name of what is to be destroyed, typed ahead instead of at a prompt.',
  helpValue: 'NAME',
});

/** `--stack network`, of the commands that work on stacks. May be repeated. */
export const stackFlag = Flags.string({
  description:
    'Only this stack: network, storage, registry, database, api, pipeline or ops. May be repeated.',
  options: ['network', 'storage', 'registry', 'database', 'api', 'pipeline', 'ops'],
  multiple: true,
  helpValue: 'NAME',
});
