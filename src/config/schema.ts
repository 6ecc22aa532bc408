import { z } from 'zod';
import { awsEnvironmentSchema, rotationStrategy } from './platform-settings.ts';

/** `data-pipeline-sample`: the middle of every name. 20 characters leave room for the longest resource. */
const projectName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]*[a-z0-9]$/,
    'must be lower-case letters, digits and hyphens, starting with a letter',
  )
  .max(20, 'must have at most 20 characters');

const localEnvironment = z
  .object({
    kind: z.literal('local'),
    database: z.object({ rotationStrategy: rotationStrategy.optional() }).strict().optional(),
  })
  .strict()
  .describe('Real engines on this machine: no AWS, no account, no network.');

const awsEnvironment = awsEnvironmentSchema.describe('A deployed platform on AWS.');

export const configSchema = z
  .object({
    $schema: z.string().optional(),
    project: projectName.default('data-pipeline-sample').describe('The middle of every resource name.'),
    defaultEnvironment: z.string().default('local').describe('What --env is when nobody says.'),
    environments: z
      .record(
        z.string().regex(/^[a-z][a-z0-9]{1,14}$/, 'must be 2 to 15 lower-case letters and digits'),
        z.discriminatedUnion('kind', [localEnvironment, awsEnvironment]),
      )
      .default({ local: { kind: 'local' } })
      .describe('The environments this project has, by name.'),
  })
  .strict();

export type Config = z.infer<typeof configSchema>;
export type EnvironmentConfig = Config['environments'][string];

/** What a person may set for all projects in `~/.config/dp/config.json`. */
export const userConfigSchema = z
  .object({
    $schema: z.string().optional(),
    defaultEnvironment: z.string().optional(),
    profile: z.string().optional(),
    region: z.string().optional(),
  })
  .strict();

/** The JSON schema that editors read, committed as dp.config.schema.json. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input' });
}
