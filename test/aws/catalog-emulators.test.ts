// The Glue Data Catalog keeps the same contract as the catalog of files: against an emulator, through the real SDK.
// MiniStack is not used here: it knows no UpdatePartition, which is what a switch is.
import { DeleteDatabaseCommand } from '@aws-sdk/client-glue';
import { openAwsCatalog } from '../../src/aws/catalog.ts';
import { catalogContract } from '../contract/catalog.ts';
import { useEmulator } from '../support/open-emulators.ts';

const emulator = useEmulator('moto');

catalogContract('Glue (moto)', async () => {
  const glue = await emulator.clients().glue();
  await glue.send(new DeleteDatabaseCommand({ Name: 'shop_lake' })).catch(() => undefined);
  return openAwsCatalog({ clients: emulator.clients() });
});
