// whatsapp_peer.mjs FILE - npm's whatsapp-chat-parser on one file: "messages wall_s cpu_s". Reading the file is not
// counted, as it is not in bench_whatsapp, which maps it.
import { readFileSync } from 'node:fs';
import { parseString } from 'whatsapp-chat-parser';

const text = readFileSync(process.argv[2], 'utf8');
const cpu = process.cpuUsage();
const start = process.hrtime.bigint();
const messages = parseString(text);
const wall = Number(process.hrtime.bigint() - start) / 1e9;
const used = process.cpuUsage(cpu);
console.log(`${messages.length} ${wall.toFixed(4)} ${((used.user + used.system) / 1e6).toFixed(4)}`);
