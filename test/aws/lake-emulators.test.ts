// The lake on S3 keeps the same contract as the lake on files: against two emulators, through the real SDK.
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { openAwsLake } from '../../src/aws/lake.ts';
import { lakeContract } from '../contract/lake.ts';
import { useEmulator } from '../support/open-emulators.ts';

let buckets = 0;

for (const name of ['moto', 'ministack'] as const) {
  const emulator = useEmulator(name);
  lakeContract(`S3 (${name})`, async () => {
    const bucket = `staging-lake-${buckets++}`;
    const command = new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' },
    });
    await (await emulator.clients().s3()).send(command);
    return openAwsLake({ clients: emulator.clients(), bucket });
  });
}
