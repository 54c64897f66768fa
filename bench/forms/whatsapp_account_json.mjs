// path: whatsapp_connections/contacts.json
import { fill, names, pick } from './made_up.mjs';

const number = (i) => `+1202555${String(100 + (i % 9900)).padStart(4, '0')}`;
fill('{\n  "wa_contacts": [\n', (i) => (i % 3 === 0 ? `    { "name": ${JSON.stringify(pick(names))}, "phone_number": "${number(i)}" }` : `    "${number(i)}"`), ',\n', '\n  ]\n}\n');
