import type { AwsClients } from './aws-clients.ts';

/** Whom AWS takes the operator for, without the account: `operator/ann` of an assumed role, `user/ann`. */
export async function operatorIdentity(clients: AwsClients): Promise<string> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  return clients.call('find out who is signed in', async () => {
    const { Arn = '' } = await (await clients.sts()).send(new GetCallerIdentityCommand({}));
    const name = Arn.split(':').slice(5).join(':');
    return name.replace(/^assumed-role\//, '');
  });
}
