import { type AwsPlace, awsConfiguration } from './aws-configuration.ts';
import { toFailure } from './toolkit-failure.ts';

/** Deletes every object of a bucket in every version, so that its stack can delete it. Gives how many there were. */
export async function emptyBucket(name: string, signIn: AwsPlace): Promise<number> {
  const { S3Client, ListObjectVersionsCommand, DeleteObjectsCommand } = await import('@aws-sdk/client-s3');
  const client = new S3Client(await awsConfiguration(signIn));
  let deleted = 0;
  try {
    for (;;) {
      // Always the first page: what was listed is gone by the next round.
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket: name }),
      );
      const objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (objects.length === 0) return deleted;
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: name, Delete: { Objects: objects, Quiet: true } }),
      );
      if (Errors.length > 0) throw new Error(`${name}: ${Errors[0]?.Key} ${Errors[0]?.Message}`);
      deleted += objects.length;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucket') return deleted;
    throw toFailure(error, { profile: signIn.profile });
  } finally {
    client.destroy();
  }
}
