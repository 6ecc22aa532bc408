// Rotates etl_reader on an AWS endpoint in a process of its own, and kills it at a step that is done:
// node rotate-on-aws-child.ts ENDPOINT ACCESS TO KILL_AFTER
import { openTestClients } from './aws-environment.ts';
import { openSecretsUnderTest } from './aws-secrets.ts';

const [endpoint = '', access = '', to = 'new', killAfter] = process.argv.slice(2);
const secrets = openSecretsUnderTest(openTestClients(endpoint), async () => JSON.parse(access));
await secrets.rotate(
  { name: 'etl_reader', to: to === 'previous' ? 'previous' : 'new' },
  ({ step, state }) => {
    if (`${step} ${state}` === killAfter) process.kill(process.pid, 'SIGKILL');
  },
);
