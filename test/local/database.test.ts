import { databaseContract } from '../contract/database.ts';
import { sharedShopServer } from '../support/shop-server.ts';

const shopServer = sharedShopServer();

databaseContract('local', async () => (await shopServer()).database);
