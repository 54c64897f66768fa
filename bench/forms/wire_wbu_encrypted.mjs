// seal: wbua
// of: wire_android_db
// A zip of the database that the form wire_android_db makes, and of the file that says whose it is.
import fs from 'node:fs';
import { zip } from './made_zip.mjs';

const user = '000000a1-0000-4000-8000-0000000000a1';
process.stdout.write(zip([['export.json', JSON.stringify({ client_id: 'a1', creation_time: '2024-03-02T10:00:00.000Z', platform: 'Android', user_id: user, version: '3.8' })],
    [user, fs.readFileSync(process.argv[3])]]));
