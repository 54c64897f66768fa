// path: records.html
import { below, fill, iso, phone } from './made_up.mjs';

const field = (label, value) => `<div class="t o"><div class="t i">${label}<div class="m"><div>${value}<div class="p"></div></div></div></div></div>`;
const fields = (o) => Object.entries(o).map(([label, value]) => field(label, value)).join('');
const time = (i) => `${iso(i).slice(0, 10)} ${iso(i).slice(11, 19)} UTC`;
const message = (i) => field('Message', fields({ Timestamp: time(i), 'Message Id': `5550${i.toString(16)}`, Sender: '13035550100', Recipients: phone(i),
    'Sender Ip': '192.0.2.20', 'Sender Port': 50123, 'Sender Device': 'android', Type: 'text', 'Message Style': 'individual', 'Message Size': below(900) }));
fill('<!DOCTYPE html><html><head><title>WhatsApp Business Record</title></head><body><div id="property-request_parameters">'
    + field('Service', 'WhatsApp') + field('Account Identifier', '+13035550100') + '</div><div id="property-message_log">', message, '', '</div></body></html>');
