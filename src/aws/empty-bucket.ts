import type { AwsClients } from './aws-clients.ts';

/** Deletes every object of a bucket in every version, so that its stack can delete it. Gives how many there were. */
export async function emptyBucket(name: string, clients: AwsClients): Promise<number> {
  const { ListObjectVersionsCommand, DeleteObjectsCommand } = await import('@aws-sdk/client-s3');
  let deleted = 0;
  return clients.call(`empty the bucket ${name}`, async () => {
    const s3 = await clients.s3();
    try {
      for (;;) {
        // Always the first page: what was listed is gone by the next round.
        const { Versions = [], DeleteMarkers = [] } = await s3.send(
          new ListObjectVersionsCommand({ Bucket: name }),
        );
        const objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
        if (objects.length === 0) return deleted;
        const { Errors = [] } = await s3.send(
          new DeleteObjectsCommand({ Bucket: name, Delete: { Objects: objects, Quiet: true } }),
        );
        if (Errors.length > 0) throw new Error(`${name}: ${Errors[0]?.Key} ${Errors[0]?.Message}`);
        deleted += objects.length;
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchBucket') return deleted;
      throw error;
    }
  });
}
