// Rotates etl_reader on an AWS endpoint in a process of its own, and kills it at a step that is done:
// node rotate-on-aws-child.ts ENDPOINT ACCESS STRATEGY TO KILL_AFTER
import { openTestClients } from './aws-environment.ts';
import { openSecretsUnderTest } from './aws-secrets.ts';

const [endpoint = '', access = '', strategy, to = 'new', killAfter] = process.argv.slice(2);
const secrets = openSecretsUnderTest(openTestClients(endpoint), async () => JSON.parse(access), {
  strategy: strategy === 'alternating-users' ? strategy : 'single-user',
});
await secrets.rotate(
  { name: 'etl_reader', to: to === 'previous' ? 'previous' : 'new' },
  ({ step, state }) => {
    if (`${step} ${state}` === killAfter) process.kill(process.pid, 'SIGKILL');
  },
);
