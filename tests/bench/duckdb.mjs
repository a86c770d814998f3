// duckdb.mjs FILE.sql USE - run it on one thread; USE gets the CPU seconds
//
// Those of the query alone: node and a library of 60 MB are long in starting.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// From the folder in the environment: the package is not installed beside us.
const { DuckDBInstance } = createRequire(process.env.PEERS_NPM + '/')('@duckdb/node-api');
const db = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await db.connect();
const began = process.cpuUsage();
await connection.run(readFileSync(process.argv[2], 'utf8'));
const used = process.cpuUsage(began);
writeFileSync(process.argv[3], `${used.user / 1e6} ${used.system / 1e6}\n`);
